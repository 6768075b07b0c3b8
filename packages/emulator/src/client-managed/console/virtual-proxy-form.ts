import { isObject } from '../../http/read-body.ts'
import type { FieldsOf } from '../repository/entity.ts'
import {
  anonymousAccessModes,
  authenticationMethods,
  type JwtAttributeMapping,
  sameSiteAttributes,
  type VirtualProxyConfig,
  virtualProxyDefaults,
} from '../repository/virtual-proxy.ts'

/** Why the form was not saved, at which field. */
export interface FormRefusal {
  readonly field: string
  readonly error: string
  readonly hint: string
}

const texts = [
  'description',
  'sessionCookieHeaderName',
  'jwtPublicKeyCertificate',
  'jwtAttributeUserId',
  'jwtAttributeUserDirectory',
  'jwtAudience',
  'sessionCookieDomain',
  'additionalResponseHeaders',
] as const
const flags = [
  'extendedSecurityEnvironment',
  'hasSecureAttributeHttps',
  'hasSecureAttributeHttp',
] as const
/** The numbers that each of these fields may be. */
const choices = {
  anonymousAccessMode: Object.values(anonymousAccessModes),
  authenticationMethod: Object.values(authenticationMethods),
  sameSiteAttributeHttps: Object.values(sameSiteAttributes),
  sameSiteAttributeHttp: Object.values(sameSiteAttributes),
} as const
const numbers = Object.keys(choices) as readonly (keyof typeof choices)[]
/** As much as QRS takes. */
const maxTimeoutMinutes = 1_000_000

/** How many characters each field may have. */
const maximumCharacters: Readonly<Record<string, number>> = {
  prefix: 100,
  description: 1000,
  sessionCookieHeaderName: 200,
  sessionCookieDomain: 253,
  jwtPublicKeyCertificate: 20_000,
  jwtAttributeUserId: 255,
  jwtAttributeUserDirectory: 255,
  jwtAudience: 1000,
  jwtAttributeMap: 10_000,
  loadBalancingServerNodes: 10_000,
  websocketCrossOriginWhiteList: 10_000,
  additionalResponseHeaders: 10_000,
}

const linesOf = (text: string): string[] => text.split('\n').flatMap((line) => line.trim() || [])

/** `group = group mandatory`: the claim, the attribute, and whether every token must have it. */
function parseMapping(line: string): JwtAttributeMapping | undefined {
  const [, jwtAttribute, senseAttribute, mandatory] =
    /^(\S+)\s*=\s*(\S+?)(?:,?\s+(mandatory))?$/.exec(line) ?? []
  if (jwtAttribute === undefined || senseAttribute === undefined) return undefined
  return { jwtAttribute, senseAttribute, isMandatory: mandatory !== undefined }
}

function checkLengths(textOf: (name: string) => string): FormRefusal | undefined {
  const tooLong = Object.entries(maximumCharacters).find(
    ([name, maximum]) => textOf(name).length > maximum,
  )
  if (tooLong === undefined) return undefined
  const [field, maximum] = tooLong
  return { field, error: 'This is too long', hint: `Give ${maximum} characters at most.` }
}

function checkPrefix(
  prefix: string,
  before: VirtualProxyConfig | undefined,
  others: readonly VirtualProxyConfig[],
): FormRefusal | undefined {
  const refuse = (error: string, hint: string) => ({ field: 'prefix', error, hint })
  if (prefix === '' && before?.defaultVirtualProxy !== true)
    return refuse(
      'The prefix is missing',
      'Only the default virtual proxy has none. Give one, such as jwt.',
    )
  if (/[A-Z]/.test(prefix))
    return refuse(
      'The prefix has upper case letters',
      `You can only use lower case: ${prefix.toLowerCase()}.`,
    )
  if (!/^[a-z0-9._~-]*$/.test(prefix))
    return refuse(
      'The prefix has a character that it cannot have',
      'Use a-z, 0-9 and - . _ ~ only, without slashes.',
    )
  return others.some((one) => one.prefix === prefix)
    ? refuse('Another virtual proxy has this prefix', 'Choose another one.')
    : undefined
}

function checkCookieName(
  name: string,
  others: readonly VirtualProxyConfig[],
): FormRefusal | undefined {
  const refuse = (error: string, hint: string) => ({
    field: 'sessionCookieHeaderName',
    error,
    hint,
  })
  if (name === '')
    return refuse(
      'The session cookie header name is missing',
      'Give one, such as X-Qlik-Session-jwt.',
    )
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name))
    return refuse('This cannot be the name of a cookie', 'Use letters, digits and - only.')
  return others.some((one) => one.sessionCookieHeaderName === name)
    ? refuse(
        'Another virtual proxy has this session cookie header name',
        'It must be unique: end it with the prefix.',
      )
    : undefined
}

/** What could be saved and would not work: a choice that there is not, a domain in no cookie, the wrong half of a key. */
function checkValues(textOf: (name: string) => string): FormRefusal | undefined {
  const unknown = numbers.find((name) =>
    choices[name].every((value) => value !== Number(textOf(name))),
  )
  if (unknown !== undefined)
    return {
      field: unknown,
      error: 'There is no such choice',
      hint: `Give one of ${choices[unknown].join(', ')}.`,
    }
  if (!/^[A-Za-z0-9.-]*$/.test(textOf('sessionCookieDomain')))
    return {
      field: 'sessionCookieDomain',
      error: 'This cannot be the domain of a cookie',
      hint: 'Give a name such as acme.example, without scheme and port.',
    }
  return textOf('jwtPublicKeyCertificate').includes('PRIVATE KEY-----')
    ? {
        field: 'jwtPublicKeyCertificate',
        error: 'That is a private key, which must not leave its machine',
        hint: 'Give the certificate, such as keys/qlik.cer.',
      }
    : undefined
}

/**
 * Reads the form of a virtual proxy, with the refusals of the QMC's own. What it does not have stays as it was.
 *
 * @param options.before the one that is edited; undefined for a new one
 * @param options.others the other virtual proxies
 * @param options.nodes by name, for load balancing
 */
export function readVirtualProxyForm(
  form: unknown,
  options: {
    before: VirtualProxyConfig | undefined
    others: readonly VirtualProxyConfig[]
    nodes: readonly { readonly id: string; readonly name: string }[]
  },
): { readonly fields: FieldsOf<VirtualProxyConfig> } | FormRefusal {
  const { before, others, nodes } = options
  const given = isObject(form) ? form : {}
  const textOf = (name: string) => (typeof given[name] === 'string' ? given[name].trim() : '')
  const prefix = textOf('prefix')
  const refusal =
    checkLengths(textOf) ??
    checkPrefix(prefix, before, others) ??
    checkCookieName(textOf('sessionCookieHeaderName'), others)
  if (refusal !== undefined) return refusal

  const sessionInactivityTimeout = Number(textOf('sessionInactivityTimeout'))
  const isTimeout = Number.isInteger(sessionInactivityTimeout) && sessionInactivityTimeout >= 1
  if (!isTimeout || sessionInactivityTimeout > maxTimeoutMinutes)
    return {
      field: 'sessionInactivityTimeout',
      error: 'The session inactivity timeout is not a whole number of minutes',
      hint: `Give 1 to ${maxTimeoutMinutes}; Qlik has 30.`,
    }
  const refusedValue = checkValues(textOf)
  if (refusedValue !== undefined) return refusedValue
  const mapLines = linesOf(textOf('jwtAttributeMap'))
  const jwtAttributeMap = mapLines.flatMap((line) => parseMapping(line) ?? [])
  if (jwtAttributeMap.length < mapLines.length)
    return {
      field: 'jwtAttributeMap',
      error: 'A line of the attribute mapping has another form',
      hint: 'One a line: group = group, or group = group mandatory.',
    }
  const named = linesOf(textOf('loadBalancingServerNodes'))
  const unknown = named.find((name) => !nodes.some((node) => node.name === name))
  if (unknown !== undefined)
    return {
      field: 'loadBalancingServerNodes',
      error: `There is no node ${unknown}`,
      hint: `The nodes are ${nodes.map(({ name }) => name).join(', ')}.`,
    }
  const isJwt = Number(textOf('authenticationMethod')) === authenticationMethods.jwt
  const needed = ['jwtPublicKeyCertificate', 'jwtAttributeUserId', 'jwtAttributeUserDirectory']
  const missing = isJwt ? needed.find((name) => textOf(name) === '') : undefined
  if (missing !== undefined)
    return {
      field: missing,
      error: 'It is mandatory with the authentication method JWT',
      hint: 'The certificate, and the names of the two claims.',
    }
  return {
    fields: {
      ...virtualProxyDefaults(),
      ...before,
      ...(Object.fromEntries(texts.map((name) => [name, textOf(name)])) as Record<
        (typeof texts)[number],
        string
      >),
      ...(Object.fromEntries(flags.map((name) => [name, textOf(name) === 'true'])) as Record<
        (typeof flags)[number],
        boolean
      >),
      ...(Object.fromEntries(numbers.map((name) => [name, Number(textOf(name))])) as Record<
        (typeof numbers)[number],
        number
      >),
      prefix,
      sessionInactivityTimeout,
      jwtAttributeMap,
      loadBalancingServerNodes: nodes
        .filter(({ name }) => named.includes(name))
        .map(({ id }) => ({ id })),
      websocketCrossOriginWhiteList: linesOf(textOf('websocketCrossOriginWhiteList')),
    },
  }
}
