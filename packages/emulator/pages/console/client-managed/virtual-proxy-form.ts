import type { Field } from '../form.ts'
import type { ShownVirtualProxy } from './site.ts'

const noYes = [
  ['false', 'No'],
  ['true', 'Yes'],
] as const
const sameSite = [
  ['0', 'No attribute'],
  ['1', 'None'],
  ['2', 'Lax'],
  ['3', 'Strict'],
] as const

/** As the QMC names them, in its groups. What is not here, QRS has. */
export const virtualProxyFields: readonly Field[] = [
  {
    group: 'Identification',
    name: 'description',
    label: 'Description',
    help: 'What it is for.',
  },
  {
    name: 'prefix',
    label: 'Prefix',
    help: 'The first part of its addresses: lower case, digits and - . _ ~ only, unique.',
  },
  {
    name: 'sessionInactivityTimeout',
    label: 'Session inactivity timeout (minutes)',
    help: 'A session without a request for so long ends.',
    kind: 'number',
    value: '30',
  },
  {
    name: 'sessionCookieHeaderName',
    label: 'Session cookie header name',
    help: 'Empty at first, mandatory, and unique. Over http Qlik appends -HTTP.',
  },
  {
    group: 'Authentication',
    name: 'anonymousAccessMode',
    label: 'Anonymous access mode',
    help: 'What becomes of visitors without a login.',
    kind: 'choice',
    choices: [
      ['0', 'No anonymous user'],
      ['1', 'Allow anonymous user'],
      ['2', 'Always anonymous user'],
    ],
  },
  {
    name: 'authenticationMethod',
    label: 'Authentication method',
    help: 'JWT takes tokens. Here, SAML and OIDC let nobody in.',
    kind: 'choice',
    choices: [
      ['4', 'JWT'],
      ['0', 'Ticket'],
      ['1', 'Header authentication static user directory'],
      ['2', 'Header authentication dynamic user directory'],
      ['3', 'SAML'],
      ['5', 'OIDC'],
    ],
  },
  {
    name: 'jwtPublicKeyCertificate',
    label: 'JWT certificate',
    help: 'All of the certificate, with its line breaks and its BEGIN and END lines.',
    kind: 'lines',
  },
  {
    name: 'jwtAttributeUserId',
    label: 'JWT attribute for user ID',
    help: 'The name of the claim, such as userId.',
  },
  {
    name: 'jwtAttributeUserDirectory',
    label: 'JWT attribute for user directory',
    help: 'The name of the claim, such as userDirectory; [ACME] is a constant.',
  },
  {
    name: 'jwtAudience',
    label: 'JWT audience',
    help: 'Only if tokens have aud.',
  },
  {
    name: 'jwtAttributeMap',
    label: 'JWT attribute mapping',
    help: 'One a line: the claim, =, the attribute of Qlik Sense; “mandatory” behind it, if every token must have it. Example: group = group',
    kind: 'lines',
  },
  {
    group: 'Load balancing',
    name: 'loadBalancingServerNodes',
    label: 'Load balancing nodes',
    help: 'The nodes whose engines it uses, one a line, by name.',
    kind: 'lines',
  },
  {
    group: 'Advanced',
    name: 'extendedSecurityEnvironment',
    label: 'Extended security environment',
    help: 'Yes: device, browser and address tell engine sessions of one person apart, and rules see them.',
    kind: 'choice',
    choices: noYes,
  },
  {
    name: 'sessionCookieDomain',
    label: 'Session cookie domain',
    help: 'Empty: the host of the request alone.',
  },
  {
    name: 'hasSecureAttributeHttps',
    label: 'Has secure attribute (https)',
    help: 'The cookie goes over https alone.',
    kind: 'choice',
    choices: noYes,
    value: 'true',
  },
  {
    name: 'sameSiteAttributeHttps',
    label: 'SameSite attribute (https)',
    help: 'None, with the secure attribute, for a page on another site.',
    kind: 'choice',
    choices: sameSite,
  },
  {
    name: 'hasSecureAttributeHttp',
    label: 'Has secure attribute (http)',
    help: 'Yes over http: no browser keeps the cookie, but on localhost.',
    kind: 'choice',
    choices: noYes,
  },
  {
    name: 'sameSiteAttributeHttp',
    label: 'SameSite attribute (http)',
    help: 'None without the secure attribute is refused by browsers.',
    kind: 'choice',
    choices: sameSite,
  },
  {
    name: 'additionalResponseHeaders',
    label: 'Additional response headers',
    help: 'One a line: Access-Control-Allow-Origin: https://www.acme.example',
    kind: 'lines',
  },
  {
    name: 'websocketCrossOriginWhiteList',
    label: 'Host allow list',
    help: 'Host names of pages that embed Qlik, one a line, without scheme and port.',
    kind: 'lines',
  },
]

/** A virtual proxy as the texts of the form. */
export function toTexts(
  config: ShownVirtualProxy,
  nodes: readonly { readonly id: string; readonly name: string }[],
): Record<string, string> {
  const names = config.loadBalancingServerNodes.map(
    ({ id }) => nodes.find((node) => node.id === id)?.name ?? id,
  )
  const map = config.jwtAttributeMap.map(
    ({ jwtAttribute, senseAttribute, isMandatory }) =>
      `${jwtAttribute} = ${senseAttribute}${isMandatory ? ' mandatory' : ''}`,
  )
  const lists: Readonly<Record<string, readonly string[]>> = {
    jwtAttributeMap: map,
    loadBalancingServerNodes: names,
    websocketCrossOriginWhiteList: config.websocketCrossOriginWhiteList,
  }
  const values: Readonly<Record<string, unknown>> = { ...config }
  return Object.fromEntries(
    virtualProxyFields.map(({ name }) => [
      name,
      lists[name]?.join('\n') ?? String(values[name] ?? ''),
    ]),
  )
}
