// What an administrator does by hand at a client-managed server, and everything that stands in its repository.
import type { Server } from './provision-server-stage.ts'

export type Entity = Record<string, unknown> & { id: string }

/** The name of the tag of the setup, and that of another. */
export const mark = '[jotgate 5f2c90ab]'
export const anotherMark = '[jotgate deadbeef]'
/** How the names of the setup’s security rules begin. */
const ruleNames = 'jotgate jwt: '

/** The repository’s own API, as the administrator calls it. */
export function asAdmin({ callQrs }: Server) {
  const list = async (type: string): Promise<Entity[]> => callQrs('GET', `${type}/full`)
  const find = async (type: string, field: string, value: string) => {
    const found = (await list(type)).find((one) => one[field] === value)
    if (found === undefined) throw new Error(`There is no ${type} ${value}`)
    return found
  }
  const change = async (type: string, [field, value]: [string, string], fields: object) => {
    const found = await find(type, field, value)
    await callQrs('PUT', `${type}/${found.id}`, { ...found, ...fields })
  }
  const remove = async (type: string, field: string, value: string) =>
    callQrs('DELETE', `${type}/${(await find(type, field, value)).id}`)
  const make = (type: string, fields: object): Promise<Entity> => callQrs('POST', type, fields)
  /** Changes which virtual proxies the proxy of a node serves. */
  const relink = async (node: string, links: (linked: Entity[], own: Entity) => object[]) => {
    const own = await find('virtualproxyconfig', 'prefix', 'jwt')
    for (const service of await list('proxyservice')) {
      const settings = service.settings as { virtualProxies: Entity[] }
      const { name } = service.serverNodeConfiguration as { name: string }
      if (name !== node) continue
      const virtualProxies = links(settings.virtualProxies, own)
      const changed = { ...service, settings: { ...settings, virtualProxies } }
      await callQrs('PUT', `proxyservice/${service.id}`, changed)
    }
  }
  return {
    list,
    find,
    change,
    make,
    remove,
    proxy: (fields: object) => change('virtualproxyconfig', ['prefix', 'jwt'], fields),
    rule: (what: string, fields: object) =>
      change('systemrule', ['name', `${ruleNames}${what}`], fields),
    unlink: (node: string) =>
      relink(node, (linked, own) => linked.filter(({ id }) => id !== own.id)),
    link: (node: string, one: Entity) => relink(node, (linked) => [...linked, { id: one.id }]),
  }
}

export type Admin = ReturnType<typeof asAdmin>

const types = [
  'virtualproxyconfig',
  'proxyservice',
  'servernodeconfiguration',
  'systemrule',
  'tag',
  'custompropertydefinition',
  'user',
  'stream',
  'app',
]

/** Every entity of the repository, as JSON by type and ID. */
export async function wholeRepository(admin: Admin) {
  const all = new Map<string, Entity>()
  for (const type of types)
    for (const one of await admin.list(type)) all.set(`${type} ${one.id}`, one)
  return all
}

/** What this setup has not made. A proxy service is the node’s: all of it but our links, and when they were written. */
export async function foreignObjects(admin: Admin): Promise<string[]> {
  const whole = await wholeRepository(admin)
  const isOwn = (one: Entity) =>
    one.prefix === 'jwt' ||
    one.prefix === 'more' ||
    one.name === mark ||
    String(one.name).startsWith(ruleNames)
  return [...whole].flatMap(([key, one]) => {
    if (isOwn(one)) return []
    if (!key.startsWith('proxyservice ')) return [`${key} ${JSON.stringify(one)}`]
    const { modifiedDate: _, modifiedByUserName: __, settings, ...rest } = one
    const { virtualProxies, ...others } = settings as { virtualProxies: Entity[] }
    const linked = virtualProxies.filter((linkedOne) => !isOwn(linkedOne))
    return [`${key} ${JSON.stringify({ ...rest, settings: { ...others, linked } })}`]
  })
}

/** What other people and another setup keep at the same server. */
export async function makeForeignObjects(admin: Admin): Promise<void> {
  const tag = await admin.make('tag', { name: 'Sales' })
  const ofAnother = await admin.make('tag', { name: anotherMark })
  await admin.make('custompropertydefinition', {
    name: 'Team',
    choiceValues: ['Sales'],
    objectTypes: ['VirtualProxyConfig'],
  })
  const proxyOf = (prefix: string, tags: object[]) =>
    admin.make('virtualproxyconfig', {
      prefix,
      description: 'jotgate',
      sessionCookieHeaderName: `X-Qlik-Session-${prefix}`,
      additionalResponseHeaders: 'X-Theirs: yes\n',
      tags,
    })
  await admin.link('Central', await proxyOf('theirs', [tag]))
  await admin.link('Rim', await proxyOf('another', [ofAnother]))
  for (const [name, comment] of [
    ['jotgate another: nodes', anotherMark],
    ['jotgate by hand', ''],
    ['Theirs', 'Theirs'],
  ])
    await admin.make('systemrule', {
      name,
      category: 'Security',
      resourceFilter: 'Stream_*',
      rule: 'user.userDirectory = "ACME"',
      actions: 2,
      comment,
    })
  await admin.make('stream', { name: 'Sales' })
}
