// The service user of the guide can do what plan and apply need, and nothing else: tried at the emulator's rules.
import { readFile } from 'node:fs/promises'
import { isJotgateError } from 'jotgate'
import { serviceUserRules } from 'jotgate/provision'
import { callAs } from 'jotgate/qlik'
import { expect, it } from 'vitest'
import {
  carryOut,
  doneBy,
  idsOf,
  install,
  installAndApply,
  plan,
  type Server,
  serviceUser,
} from './provision-server-stage.ts'

/** What a call comes to: `allowed`, or the status of the refusal. */
async function outcomeOf(call: () => Promise<unknown>): Promise<unknown> {
  try {
    await call()
    return 'allowed'
  } catch (error) {
    if (isJotgateError(error, 'ERR_QLIK_REFUSED')) return error.details.status
    throw error
  }
}

it('may not do anything but that: every other type, and every other act', async () => {
  const server = await installAndApply()
  const other = await server.repository.createVirtualProxy({
    prefix: 'other',
    description: '',
    sessionCookieHeaderName: 'X-Other',
  })
  await server.repository.createTag('Sales')
  const session = await server.enterAsServiceUser()
  const call = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object) =>
    callAs(session, {
      method,
      path: `/qrs/${path}`,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  const list = async (type: string) =>
    (await (await call('GET', `${type}/full`)).json()) as { id: string; prefix?: string }[]

  // Lists have what the rules show.
  for (const type of ['user', 'systemrule', 'custompropertydefinition', 'servicestatus'])
    expect([type, await list(type)]).toEqual([type, []])
  expect((await list('virtualproxyconfig')).map(({ prefix }) => prefix)).toEqual(['jwt'])
  expect(await list('tag')).toMatchObject([{ name: '[jotgate 5f2c90ab]' }])
  expect(await list('proxyservice')).toHaveLength(2)
  expect(await list('servernodeconfiguration')).toHaveLength(2)

  // What is made, changed or deleted there is refused, but for an update of the virtual proxy and of links.
  const [own] = await list('virtualproxyconfig')
  const [node] = await list('servernodeconfiguration')
  const [tag] = await list('tag')
  const rule = { name: 'mine', resourceFilter: '*', rule: '', actions: 15 }
  const bodies: Record<string, object> = {
    virtualproxyconfig: { prefix: 'mine', description: '', sessionCookieHeaderName: 'X-Mine' },
    user: { userId: 'mine', userDirectory: 'SERVICE', roles: ['RootAdmin'] },
    systemrule: rule,
    custompropertydefinition: { name: 'mine' },
    tag: { name: 'mine' },
    stream: { name: 'mine' },
  }
  for (const [type, body] of Object.entries(bodies))
    expect([type, await outcomeOf(() => call('POST', type, body))]).toEqual([type, 403])
  const refused: [string, () => Promise<unknown>][] = [
    ['delete its virtual proxy', () => call('DELETE', `virtualproxyconfig/${own?.id}`)],
    ['delete another', () => call('DELETE', `virtualproxyconfig/${other.id}`)],
    ['change another', () => call('PUT', `virtualproxyconfig/${other.id}`, other)],
    ['change a node', () => call('PUT', `servernodeconfiguration/${node?.id}`, { ...node })],
    ['change its tag', () => call('PUT', `tag/${tag?.id}`, { ...tag })],
    ['delete its tag', () => call('DELETE', `tag/${tag?.id}`)],
  ]
  for (const [what, act] of refused)
    expect([what, await outcomeOf(act)]).toEqual([what, expect.toBeOneOf([403, 404])])
})

/** Everything that plan and apply do as the service user: a drift, a link, a tag that is there, one that is not. */
async function keep(server: Server, tag: 'is there' | 'is gone'): Promise<void> {
  const { serviceId, virtualProxyId } = await idsOf(server, 'Rim')
  await server.repository.unlinkVirtualProxy(serviceId, virtualProxyId)
  server.state.changeVirtualProxy('jwt', { sessionInactivityTimeout: 7, tags: [] })
  if (tag === 'is gone')
    for (const { id } of await server.repository.listTags()) await server.repository.deleteTag(id)
  const user = await server.openServiceUser()
  const provisioning = await user.provision()
  const missing = await provisioning.missingRights()
  if (missing.length > 0) throw new Error(missing.map(({ what }) => what).join(', '))
  await carryOut(provisioning, await plan(provisioning, { adopt: true }))
  expect(doneBy(await plan(await user.provision()))).toEqual([])
}

it('may do all of that', async () => {
  const server = await installAndApply()
  await keep(server, 'is there')
  await keep(server, 'is gone')
})

it('has in the guide the rules that it is given', async () => {
  const guide = await readFile(
    new URL('../../docs/guides/client-managed.md', import.meta.url),
    'utf8',
  )
  const isUser = 'user.userDirectory = "SERVICE" and user.userId = "jotgate"'
  expect(guide).toContain(`\`${isUser}\``)
  const rows = guide.split('\n').filter((line) => line.startsWith('| jotgate jwt: '))
  expect(rows).toEqual(
    rules.map(({ name, resourceFilter, rule, actions }) => {
      expect(rule.startsWith(isUser)).toBe(true)
      const more = rule.slice(`${isUser} and `.length)
      const condition = more === '' ? '' : `\`${more}\` `
      return `| ${name} | \`${resourceFilter}\` | ${condition}| ${actions.join(', ')} |`
    }),
  )
  expect(rules.map(({ context }) => context)).toEqual(rules.map(() => 'Both in hub and QMC'))
})

const rules = serviceUserRules({ user: serviceUser, prefix: 'jwt', setupId: '5f2c90ab' })
const bits = { Create: 1, Read: 2, Update: 4, Delete: 8 }

it.each(rules.flatMap(({ name, actions }) => actions.map((action) => ({ name, action }))))(
  'needs each of its rights: $action of $name',
  async ({ name, action }) => {
    const server = await installAndApply()
    const [found] = await server.repository.listSecurityRules(`name eq '${name}'`)
    if (found === undefined) throw new Error('there is no such rule')
    await server.repository.updateSecurityRule({ ...found, actions: found.actions - bits[action] })
    const both = async () => {
      await keep(server, 'is there')
      await keep(server, 'is gone')
    }
    await expect(both()).rejects.toThrow()
  },
)

it('gets its rights from nobody but who has the certificate', async () => {
  const server = await install()
  const provisioning = await server.provision()
  await carryOut(provisioning, await plan(provisioning))
  const user = await server.openServiceUser()
  const missing = await (await user.provision()).missingRights()
  expect(missing.map(({ what }) => what)).toEqual([
    'read virtual proxies',
    'read proxy services',
    'read nodes',
  ])
})
