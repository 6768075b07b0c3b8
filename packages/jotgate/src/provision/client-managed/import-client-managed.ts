import { isDeepStrictEqual } from 'node:util'
import type { Repository, ServerNode } from '../../qlik/index.ts'
import type { ClaimNames } from '../../token/index.ts'
import { certificateIn } from '../certificate-in.ts'
import { provisionErrors } from '../errors.ts'
import type { ActualObject, Fields } from '../kind.ts'
import { setupIdIn } from '../mark.ts'
import { shortened, shortName } from '../shortened.ts'
import { keyOfLink } from './proxy-link.ts'
import { readable } from './readable.ts'
import { securityRuleKind } from './security-rules.ts'
import { virtualProxyKind } from './virtual-proxy.ts'
import { type ClientManagedSetup, corsHeadersFor, wantedLinks } from './wanted.ts'

/** What a virtual proxy says about the settings. */
export interface ImportedVirtualProxy {
  readonly prefix: string
  readonly audience?: string
  readonly claims: ClaimNames
  readonly setup: Omit<ClientManagedSetup, 'id'>
  /** What the settings cannot say, a sentence each: a plan of them would change it. */
  readonly notImported: readonly string[]
}

/** What a server says about the settings of one virtual proxy. */
export interface ImportedServer extends ImportedVirtualProxy {
  readonly setup: ClientManagedSetup
  /** In PEM. Omitted where Qlik has no certificate, but something else. */
  readonly certificate?: string
  /** Of whom the server has security rules of this setup. */
  readonly serviceUser?: { readonly directory: string; readonly id: string }
}

/**
 * The settings that make a virtual proxy of a server what it is, with its links and its service user.
 *
 * @param options.url the address of the deployment
 * @param options.repository of the server, with the client certificate
 * @param options.newSetupId the ID of the setup where the virtual proxy bears no mark: 8 to 32 of a-z and 0-9
 * @param options.prefix which one, where there are several
 * @throws ERR_PROVISION_IMPORT when it is not clear which virtual proxy is meant, or there is none;
 * ERR_PROVISION_RIGHTS; the errors of the part `qlik`
 * @see https://help.qlik.com/en-US/sense-developer/, Virtual proxy
 * @example
 * import { importClientManaged } from 'jotgate/provision'
 * import type { Repository } from 'jotgate/qlik'
 *
 * async function claimsOf(url: string, repository: Repository) {
 *   const options = { url, repository, newSetupId: '5f2c90ab', prefix: 'jwt' }
 *   return (await importClientManaged(options)).claims
 * }
 */
export async function importClientManaged(options: {
  url: string
  repository: Repository
  newSetupId: string
  prefix?: string | undefined
}): Promise<ImportedServer> {
  const { url, repository, newSetupId } = options
  const virtualProxies = await readable(() => repository.listVirtualProxies())
  if (virtualProxies.length === 0)
    throw provisionErrors.ERR_PROVISION_RIGHTS({
      missing: [
        {
          what: 'read virtual proxies',
          givenBy: 'the role RootAdmin, or a call as INTERNAL\\sa_api',
        },
      ],
    })
  const chosen = chooseVirtualProxy(
    await virtualProxyKind({ repository, setupId: newSetupId }).list(),
    options.prefix,
  )
  const tags = virtualProxies.find(({ id }) => id === chosen.id)?.tags ?? []
  const mark = tags.map(({ name }) => setupIdIn(name)).find((id) => id !== undefined)
  const id = mark ?? newSetupId
  const [nodes, services] = await Promise.all([
    repository.listNodes(),
    repository.listProxyServices(),
  ])
  const imported = importVirtualProxy({ url, fields: chosen.fields, nodes })
  const { prefix, setup } = imported
  const linked = services
    .filter(({ settings }) => settings.virtualProxies.some((one) => one.id === chosen.id))
    .map(({ serverNodeConfiguration }) => serverNodeConfiguration.name)
  const derived = wantedLinks({
    deployment: { prefix, url },
    setup,
    nodes,
    services,
    virtualProxies,
  })
  const isDerived = isDeepStrictEqual(
    derived.map(({ key }) => key).sort(),
    linked.map((node) => keyOfLink(prefix, node)).sort(),
  )
  const certificate = certificateIn(String(chosen.fields.jwtPublicKeyCertificate))
  const serviceUser =
    mark === undefined ? undefined : await readServiceUser(repository, mark, prefix)
  return {
    ...imported,
    setup: {
      id,
      ...setup,
      ...(isDerived || linked.length === 0
        ? {}
        : { virtualProxy: { ...setup.virtualProxy, proxies: linked } }),
    },
    ...(certificate === undefined ? {} : { certificate }),
    ...(serviceUser === undefined ? {} : { serviceUser }),
    notImported: [
      ...imported.notImported,
      ...(certificate === undefined
        ? ['Qlik has no certificate that can be read: put that of your key beside it.']
        : []),
    ],
  }
}

function chooseVirtualProxy(all: readonly ActualObject[], prefix: string | undefined) {
  // Without a prefix it is the one by which administrators come in.
  const ofTokens = all.filter(
    ({ key, fields }) => key !== '' && fields.authenticationMethod === 'JWT',
  )
  const fitting = ofTokens.filter(({ key }) => prefix === undefined || key === prefix)
  const [only] = fitting
  if (only !== undefined && fitting.length === 1) return only
  const problem =
    ofTokens.length === 0
      ? 'The server has no virtual proxy with a prefix and the authentication method JWT'
      : fitting.length === 0
        ? 'The server has no virtual proxy of this prefix with the authentication method JWT, only'
        : 'The server has several virtual proxies with the authentication method JWT'
  throw provisionErrors.ERR_PROVISION_IMPORT({
    problem,
    found: shortened(ofTokens.map(({ key }) => key)),
  })
}

/** As the conditions of the rules name them. */
async function readServiceUser(repository: Repository, setupId: string, prefix: string) {
  const rules = await securityRuleKind({ repository, setupId }).list()
  const own = rules.find(
    ({ key, owner }) => owner === 'this-setup' && key.startsWith(`jotgate ${prefix}: `),
  )
  const [, directory, id] =
    /^user\.userDirectory = "([^"]+)" and user\.userId = "([^"]+)"/.exec(
      String(own?.fields.rule ?? ''),
    ) ?? []
  return directory === undefined || id === undefined ? undefined : { directory, id }
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
      `The authentication method is ${shortName(String(fields.authenticationMethod))}, not JWT.`,
    ],
    [
      fields.anonymousAccessMode !== 'NoAnonymousUser',
      'Anonymous users are let in: a failed login can look like a success.',
    ],
    ...mappingsOf(fields).map(
      ({ jwtAttribute, senseAttribute, isMandatory }): [boolean, string] => [
        isMandatory || jwtAttribute !== senseAttribute,
        `The claim ${shortName(String(jwtAttribute))} is mapped to ${shortName(String(senseAttribute))}${isMandatory ? ' and is mandatory' : ''}: the settings map each claim to its own name, and none is mandatory.`,
      ],
    ),
  ]
  return sentences.flatMap(([is, sentence]) => (is ? [sentence] : []))
}

const unlessDefault = <Value>(value: Value, otherwise: Value) =>
  value === otherwise ? undefined : value

const unlessEmpty = (list: readonly string[]) => (list.length === 0 ? undefined : list)
