import { qlikErrors, type Repository, type VirtualProxy } from '../../qlik/index.ts'
import type { ActualObject, Fields, Kind, Owner } from '../kind.ts'
import { ownerOf, withMark } from '../mark.ts'
import { canonicalCertificate } from './certificate.ts'

/** What of the repository the kinds call. */
export type KindOptions = {
  readonly repository: Repository
  readonly setupId: string
}

/** How a field is shown to people, and what the repository has for it. */
interface Form {
  /** What a release has that does not know the field. */
  readonly missing: unknown
  read?(value: unknown, nodes: NodeNames): unknown
  write?(value: unknown, nodes: NodeNames): unknown
}

/** Of each node, by its ID. */
type NodeNames = ReadonlyMap<string, string>

const text: Form = { missing: '' }
const sameSite = named('NoAttribute', 'None', 'Lax', 'Strict')

/**
 * The fields that this kind knows, by their names in the repository. Enumerations are shown by Qlik's own names
 * for their values, nodes by theirs.
 *
 * @see https://help.qlik.com/en-US/sense-developer/, VirtualProxyConfig
 */
const forms: Readonly<Record<string, Form>> = {
  prefix: text,
  description: text,
  authenticationMethod: named(
    'Ticket',
    'HeaderStaticUserDirectory',
    'HeaderDynamicUserDirectory',
    'SAML',
    'JWT',
    'OIDC',
  ),
  jwtPublicKeyCertificate: { missing: '', read: (value) => canonicalCertificate(String(value)) },
  jwtAttributeUserId: text,
  jwtAttributeUserDirectory: text,
  jwtAudience: text,
  jwtAttributeMap: {
    missing: [],
    read: (value) =>
      listOf<Record<string, unknown>>(value).map(
        ({ jwtAttribute, senseAttribute, isMandatory }) => ({
          jwtAttribute,
          senseAttribute,
          isMandatory,
        }),
      ),
  },
  sessionCookieHeaderName: text,
  sessionCookieDomain: text,
  sessionInactivityTimeout: { missing: 30 },
  loadBalancingServerNodes: {
    missing: [],
    read: (value, nodes) =>
      listOf<{ id: string; name?: string }>(value).map(
        ({ id, name }) => name ?? nodes.get(id) ?? id,
      ),
    write: (value, nodes) => listOf<string>(value).map((name) => ({ id: idOfNode(name, nodes) })),
  },
  websocketCrossOriginWhiteList: {
    missing: [],
    read: (value) => listOf<string>(value).map((host) => host.toLowerCase()),
  },
  // One string at Qlik, a header a line.
  additionalResponseHeaders: {
    missing: [],
    read: (value) =>
      String(value)
        .split(/\r?\n/)
        .map((line) => line.trim())
        .filter((line) => line !== ''),
    write: (value) => listOf<string>(value).join('\n'),
  },
  sameSiteAttributeHttp: sameSite,
  sameSiteAttributeHttps: sameSite,
  hasSecureAttributeHttp: { missing: false },
  hasSecureAttributeHttps: { missing: true },
  anonymousAccessMode: named('NoAnonymousUser', 'AllowAnonymous', 'AlwaysAnonymous'),
  extendedSecurityEnvironment: { missing: false },
}

/** The place of a name is its number at Qlik. */
function named(...names: readonly [string, ...string[]]): Form {
  return {
    missing: names[0],
    read: (value) => names[Number(value)] ?? value,
    write: (value) => names.indexOf(String(value)),
  }
}

const listOf = <Item>(value: unknown) => (Array.isArray(value) ? (value as readonly Item[]) : [])

function idOfNode(name: string, nodes: NodeNames): string {
  const [id] = [...nodes].find((one) => one[1] === name) ?? []
  if (id !== undefined) return id
  const problem = `names the node ${name}, which the server does not have`
  throw qlikErrors.ERR_QLIK_OPTION({ option: 'loadBalancingServerNodes', problem })
}

/** The name of the tag that marks what a setup made. */
export const tagOf = (setupId: string) => withMark('', setupId)

/** Whose a virtual proxy is. The default one is how administrators come in: it belongs to the deployment. */
export function ownerOfVirtualProxy(one: VirtualProxy, setupId: string): Owner {
  if (one.prefix === '' || one.defaultVirtualProxy === true) return 'deployment'
  const names = (one.tags ?? []).map(({ name }) => name)
  return names.includes(tagOf(setupId)) ? 'this-setup' : ownerOf(names.join(' '), setupId)
}

/**
 * Virtual proxies, by their prefix; a tag is the mark. An update sends the virtual proxy as `list` last read it, so
 * that Qlik refuses (409) when somebody else has changed it since.
 */
export function virtualProxyKind({ repository, setupId }: KindOptions): Kind {
  const listed = new Map<string, VirtualProxy>()
  const readNodes = async (): Promise<NodeNames> =>
    new Map((await repository.listNodes()).map(({ id, name }) => [id, name]))
  const tagged = async (tags: VirtualProxy['tags'] = []) => {
    const name = tagOf(setupId)
    if (tags.some((one) => one.name === name)) return tags
    const [known] = await repository.listTags(`name eq '${name}'`)
    return [...tags, known ?? (await repository.createTag(name))]
  }
  const written = (fields: Fields, nodes: NodeNames) =>
    Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [
        name,
        forms[name]?.write?.(value, nodes) ?? value,
      ]),
    )
  return {
    name: 'virtual proxy',
    fixed: {},
    unordered: [
      'jwtAttributeMap',
      'loadBalancingServerNodes',
      'websocketCrossOriginWhiteList',
      'additionalResponseHeaders',
    ],
    warnings: {
      update: 'This ends the sessions of everybody who is logged in by this virtual proxy.',
      delete: 'This ends the sessions of this virtual proxy, and nobody can log in by it any more.',
    },
    async list() {
      const [all, nodes] = await Promise.all([repository.listVirtualProxies(), readNodes()])
      listed.clear()
      for (const one of all) listed.set(one.id, one)
      return all.map((one): ActualObject => {
        const fields = Object.entries(forms).map(([name, { missing, read }]) => {
          const value = one[name]
          if (value === undefined || value === null) return [name, missing]
          return [name, read === undefined ? value : read(value, nodes)]
        })
        return {
          id: one.id,
          key: one.prefix,
          owner: ownerOfVirtualProxy(one, setupId),
          fields: Object.fromEntries(fields),
        }
      })
    },
    async create({ fields }) {
      const nodes = await readNodes()
      const { prefix, description, sessionCookieHeaderName, ...others } = written(fields, nodes)
      await repository.createVirtualProxy({
        prefix: String(prefix),
        description: String(description),
        sessionCookieHeaderName: String(sessionCookieHeaderName),
        ...others,
        tags: await tagged(),
      })
    },
    async update({ id }, fields) {
      const before = listed.get(id) ?? (await repository.getVirtualProxy(id))
      const nodes = await readNodes()
      const tags = await tagged(before.tags)
      await repository.updateVirtualProxy({ ...before, ...written(fields, nodes), tags })
    },
    async remove({ id }) {
      await repository.deleteVirtualProxy(id)
      listed.delete(id)
      const name = tagOf(setupId)
      const isUsed = [...listed.values()].some((one) => one.tags?.some((tag) => tag.name === name))
      if (isUsed) return
      for (const tag of await repository.listTags(`name eq '${name}'`))
        await repository.deleteTag(tag.id)
    },
  }
}
