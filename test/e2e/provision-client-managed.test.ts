// A client-managed server is set up from outside, and drifts are found and mended.
import { describe, expect, it } from 'vitest'
import {
  carryOut,
  doneBy,
  idsOf,
  install,
  installAndApply,
  plan,
  serviceUser,
} from './provision-server-stage.ts'

describe('a server without our virtual proxy', () => {
  it('is set up with a certificate: a token opens a session at each node, and a second plan is empty', async () => {
    const server = await install()
    const provisioning = await server.provision({ serviceUser })
    expect(await provisioning.missingRights()).toEqual([])
    const first = await plan(provisioning)
    expect(doneBy(first)).toEqual([
      ['create', 'virtual proxy', 'jwt'],
      ['create', 'proxy link', 'jwt at Central'],
      ['create', 'proxy link', 'jwt at Rim'],
      ['create', 'security rule', 'jotgate jwt: virtual proxy'],
      ['create', 'security rule', 'jotgate jwt: links to proxies'],
      ['create', 'security rule', 'jotgate jwt: nodes'],
      ['create', 'security rule', 'jotgate jwt: tag'],
    ])
    await carryOut(provisioning, first)
    expect(await server.logIn('proxy')).toBe('ACME\\ada')
    expect(await server.logIn('proxy2')).toBe('ACME\\ada')
    expect(doneBy(await plan(await server.provision({ serviceUser })))).toEqual([])
  })

  it('has no service user yet, which is said with the way out', async () => {
    const server = await install()
    await expect(server.openServiceUser()).rejects.toMatchObject({
      code: 'ERR_PROVISION_SERVICE_USER',
      message: expect.stringContaining('SERVICE\\jotgate'),
      hint: expect.stringContaining('client certificate'),
    })
  })

  it('is refused where another virtual proxy has the name of the session cookie', async () => {
    const server = await install()
    await server.repository.createVirtualProxy({
      prefix: 'theirs',
      description: '',
      sessionCookieHeaderName: 'x-qlik-session-JWT',
    })
    await expect(server.provision()).rejects.toMatchObject({
      code: 'ERR_PROVISION_OPTION',
      message: expect.stringMatching(/X-Qlik-Session-jwt.*theirs/),
    })
  })
})

describe('a server that was set up', () => {
  it('is kept by the service user: drifts are found and mended, though its own sessions end', async () => {
    const server = await installAndApply()
    const user = await server.openServiceUser()
    const provisioning = await user.provision()
    expect(await provisioning.missingRights()).toEqual([])
    const nothing = await plan(provisioning)
    expect(doneBy(nothing)).toEqual([])
    expect(nothing.notChecked).toEqual([expect.stringContaining('security rules')])

    server.state.changeVirtualProxy('jwt', {
      jwtAttributeUserId: 'uid',
      websocketCrossOriginWhiteList: [],
    })
    await expect(server.logIn()).rejects.toThrow()
    // Nobody can log in any more, the service user included: only a certificate helps.
    await expect(user.provision()).rejects.toMatchObject({ code: 'ERR_PROVISION_SERVICE_USER' })
    server.state.changeVirtualProxy('jwt', { jwtAttributeUserId: 'userId' })

    const { serviceId, virtualProxyId } = await idsOf(server, 'Rim')
    await server.repository.unlinkVirtualProxy(serviceId, virtualProxyId)
    const again = await user.provision()
    expect(await again.missingRights()).toEqual([])
    const drifts = await plan(again)
    expect(doneBy(drifts)).toEqual([
      ['update', 'virtual proxy', 'jwt'],
      ['create', 'proxy link', 'jwt at Rim'],
    ])
    expect(drifts.steps[0]?.changes.map(({ field }) => field)).toEqual([
      'websocketCrossOriginWhiteList',
    ])
    await carryOut(again, drifts)
    expect(doneBy(await plan(again))).toEqual([])
    expect(await server.logIn('proxy2')).toBe('ACME\\ada')
  })

  it.each([
    ['virtual proxy', ['read virtual proxies']],
    ['links to proxies', ['read proxy services']],
    ['nodes', ['read nodes']],
  ])('tells the service user what is missing without the rule for %s', async (rule, what) => {
    const server = await installAndApply()
    const [found] = await server.repository.listSecurityRules(`name eq 'jotgate jwt: ${rule}'`)
    if (found === undefined) throw new Error('there is no such rule')
    await server.repository.updateSecurityRule({ ...found, disabled: true })
    const user = await server.openServiceUser()
    const provisioning = await user.provision()
    const missing = await provisioning.missingRights()
    expect(missing.map((one) => one.what)).toEqual(what)
    expect(missing[0]?.givenBy).toContain(`jotgate jwt: ${rule}`)
  })

  it('tells that the rule lets the service user only read', async () => {
    const server = await installAndApply()
    for (const rule of await server.repository.listSecurityRules("name sw 'jotgate jwt'"))
      await server.repository.updateSecurityRule({ ...rule, actions: 2 })
    const { serviceId, virtualProxyId } = await idsOf(server, 'Rim')
    await server.repository.unlinkVirtualProxy(serviceId, virtualProxyId)
    const user = await server.openServiceUser()
    const provisioning = await user.provision()
    expect((await provisioning.missingRights()).map((one) => one.what)).toEqual([
      'change the virtual proxy jwt',
      'link virtual proxies at the proxy of Rim',
    ])
  })

  it('is left as it was found: links, virtual proxy, tag and rules go, and nothing else', async () => {
    const server = await install()
    const before = server.state.virtualProxies().length
    const provisioning = await server.provision({ serviceUser })
    await carryOut(provisioning, await plan(provisioning))
    const { steps } = await plan(provisioning, { removesAll: true })
    expect(steps.map(({ action }) => action)).toEqual(Array.from({ length: 7 }, () => 'delete'))
    await carryOut(provisioning, { steps, notChecked: [] })
    expect(server.state.virtualProxies()).toHaveLength(before)
    expect(await server.repository.listTags()).toEqual([])
    expect(await server.repository.listSecurityRules("name sw 'jotgate'")).toEqual([])
  })

  it('keeps what an administrator changed since it was listed', async () => {
    const server = await installAndApply()
    const { kinds } = await server.provision()
    const [virtualProxies] = kinds
    const actual = (await virtualProxies?.list())?.find(({ key }) => key === 'jwt')
    if (actual === undefined) throw new Error('there is no virtual proxy')
    // A moment later, by the emulator's clock.
    server.pass(1)
    server.state.changeVirtualProxy('jwt', { sessionInactivityTimeout: 7 })
    await expect(virtualProxies?.update(actual, { description: 'late' })).rejects.toMatchObject({
      code: 'ERR_QLIK_REFUSED',
      details: { status: 409 },
    })
    expect(server.state.virtualProxies().find(({ prefix }) => prefix === 'jwt')).toMatchObject({
      sessionInactivityTimeout: 7,
      description: 'jotgate',
    })
  })
})
