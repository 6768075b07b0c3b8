import { isDeepStrictEqual } from 'node:util'
import type { ServerNode } from '../../qlik/index.ts'
import type { ClaimNames } from '../../token/index.ts'
import type { Fields } from '../kind.ts'
import { type ClientManagedSetup, corsHeadersFor } from './wanted.ts'

/** What a virtual proxy says about the settings. */
export interface ImportedVirtualProxy {
  readonly prefix: string
  readonly audience?: string
  readonly claims: ClaimNames
  readonly setup: Omit<ClientManagedSetup, 'id'>
  /** What the settings cannot say, a sentence each: a plan of them would change it. */
  readonly notImported: readonly string[]
}

/**
 * The settings that make a virtual proxy what it is: a plan of them finds nothing, but for what `notImported` says.
 *
 * @param options.url the address of the deployment
 * @param options.fields of the virtual proxy, as its kind lists them
 * @param options.nodes of the server
 * @example
 * import { importVirtualProxy, type Provisioning } from 'jotgate/provision'
 * import type { Repository } from 'jotgate/qlik'
 *
 * async function importFrom(url: string, { kinds }: Provisioning, repository: Repository) {
 *   const found = (await kinds[0]?.list())?.find(({ key }) => key === 'jwt')
 *   const nodes = await repository.listNodes()
 *   return found && importVirtualProxy({ url, fields: found.fields, nodes })
 * }
 */
export function importVirtualProxy(options: {
  url: string
  fields: Fields
  nodes: readonly ServerNode[]
}): ImportedVirtualProxy {
  const { url, fields, nodes } = options
  const text = (name: string) => String(fields[name] ?? '')
  const list = (name: string) => (fields[name] ?? []) as readonly string[]
  const prefix = text('prefix')
  const audience = text('jwtAudience')
  const headers = list('additionalResponseHeaders')
  const origins = originsIn(headers)
  const known = [url, ...origins].map((origin) => new URL(origin).hostname)
  const engines = nodes.filter((one) => one.engineEnabled !== false).map(({ name }) => name)
  const proxyNodes = list('loadBalancingServerNodes')
  const own = {
    description: unlessDefault(text('description'), 'jotgate'),
    sessionCookieName: unlessDefault(text('sessionCookieHeaderName'), `X-Qlik-Session-${prefix}`),
    inactivityTimeout: unlessDefault(Number(fields.sessionInactivityTimeout), 30),
    sessionCookieDomain: unlessDefault(text('sessionCookieDomain'), ''),
    hostAllowList: unlessEmpty(
      list('websocketCrossOriginWhiteList').filter((host) => !known.includes(host)),
    ),
    responseHeaders: unlessEmpty(headers.filter((line) => origins.length === 0 || !isCors(line))),
    extendedSecurity: unlessDefault(fields.extendedSecurityEnvironment === true, false),
    nodes: isDeepStrictEqual(proxyNodes.toSorted(), engines.toSorted()) ? undefined : proxyNodes,
  }
  const virtualProxy = Object.fromEntries(
    Object.entries(own).filter(([, value]) => value !== undefined),
  )
  return {
    prefix,
    ...(audience === '' ? {} : { audience }),
    claims: {
      userId: text('jwtAttributeUserId'),
      userDirectory: text('jwtAttributeUserDirectory'),
      ...claimsIn(mappingsOf(fields)),
    },
    setup: {
      ...(origins.length === 0 ? {} : { origins }),
      ...(Object.keys(virtualProxy).length === 0 ? {} : { virtualProxy }),
    },
    notImported: notImported(fields),
  }
}

interface Mapping {
  readonly jwtAttribute: string
  readonly senseAttribute: string
  readonly isMandatory: boolean
}

const mappingsOf = (fields: Fields) => (fields.jwtAttributeMap ?? []) as readonly Mapping[]

/** One claim is that of the groups: the first whose name in Qlik says so. */
function claimsIn(mappings: readonly Mapping[]): Pick<ClaimNames, 'groups' | 'attributes'> {
  const isGroups = ({ senseAttribute }: Mapping) => /^groups?$/i.test(senseAttribute)
  const groups = mappings.find(isGroups)
  const others = mappings.filter((one) => one !== groups)
  return {
    ...(groups && { groups: groups.jwtAttribute }),
    ...(others.length > 0 && {
      attributes: Object.fromEntries(
        others.map(({ jwtAttribute, senseAttribute }) => [senseAttribute, jwtAttribute]),
      ),
    }),
  }
}

function originsIn(headers: readonly string[]): readonly string[] {
  const [, value = ''] =
    headers.map((line) => /^Access-Control-Allow-Origin:(.*)$/i.exec(line)).find(Boolean) ?? []
  const origins = value.split(',').map((one) => one.trim())
  return origins.every((one) => URL.canParse(one) && new URL(one).origin === one) ? origins : []
}

/** A header that the origins bring by themselves. */
const isCors = (line: string) => corsHeadersFor([]).some((own) => nameOf(own) === nameOf(line))

const nameOf = (line: string) => line.split(':')[0]?.trim().toLowerCase()

function notImported(fields: Fields): string[] {
  const sentences: [boolean, string][] = [
    [
      fields.authenticationMethod !== 'JWT',
      `The authentication method is ${fields.authenticationMethod}, not JWT.`,
    ],
    [
      fields.anonymousAccessMode !== 'NoAnonymousUser',
      'Anonymous users are let in: a failed login can look like a success.',
    ],
    ...mappingsOf(fields).map(
      ({ jwtAttribute, senseAttribute, isMandatory }): [boolean, string] => [
        isMandatory || jwtAttribute !== senseAttribute,
        `The claim ${jwtAttribute} is mapped to ${senseAttribute}${isMandatory ? ' and is mandatory' : ''}: the settings map each claim to its own name, and none is mandatory.`,
      ],
    ),
  ]
  return sentences.flatMap(([is, sentence]) => (is ? [sentence] : []))
}

const unlessDefault = <Value>(value: Value, otherwise: Value) =>
  value === otherwise ? undefined : value

const unlessEmpty = (list: readonly string[]) => (list.length === 0 ? undefined : list)
