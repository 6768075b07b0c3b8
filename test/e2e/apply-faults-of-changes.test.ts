// Calls fail while drifts are mended by the service user, and while a setup is removed: what is told is true.
import { applyPlan, hasChanges, nameOfStep, readPlan } from 'jotgate/provision'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Fault,
  failAt,
  faults,
  type Place,
  passAll,
  placesFor,
  whatItSays,
  writesOf,
} from './apply-fault-places.ts'
import { type ApplyTarget, applyTargets } from './apply-targets.ts'
import { carryOut, plan, type Server, serviceUser, startServer } from './provision-server-stage.ts'
import { type Relay, startRelay } from './relay.ts'
import { asAdmin } from './server-administrator.ts'

describe('the service user, whose own sessions end by what is changed', () => {
  let server: Server
  let relay: Relay
  beforeAll(async () => {
    server = await startServer()
    relay = await startRelay(Number(new URL(server.urls.proxy ?? '').port))
  })
  afterAll(async () => {
    await relay?.close()
    await server?.close()
  })

  /** A server that was set up, with two drifts. */
  async function drift(): Promise<void> {
    server.reset()
    passAll(relay)
    const provisioning = await server.provision({ serviceUser })
    await carryOut(provisioning, await plan(provisioning))
    const admin = asAdmin(server)
    await admin.proxy({ sessionInactivityTimeout: 5 })
    await admin.unlink('Rim')
  }

  /** Plans through the relay. */
  async function prepare() {
    await drift()
    const user = await server.openServiceUser(relay.url)
    const provisioning = await user.provision()
    const planned = await plan(provisioning)
    relay.requests.length = 0
    return { provisioning, plan: planned }
  }

  async function tryAt(fault: Fault, place: Place): Promise<void> {
    const prepared = await prepare()
    failAt(relay, fault, place)
    const said = await whatItSays(prepared)
    passAll(relay)
    const truth = await plan(await server.provision({ serviceUser }))
    const inOrder = truth.steps.filter(({ action }) => action === 'none').map(nameOfStep)
    const at = `${fault} at call ${place.call}, ${place.when}`
    expect(inOrder, at).toEqual(expect.arrayContaining([...said.done]))
    expect(
      inOrder.filter((name) => said.notDone.includes(name)),
      at,
    ).toEqual([])
    const again = await (await server.openServiceUser(relay.url)).provision()
    await carryOut(again, await plan(again))
    expect(hasChanges(await plan(await server.provision({ serviceUser }))), at).toBe(false)
  }

  it('tells the truth whatever fails, and ends well when it is repeated', async () => {
    const prepared = await prepare()
    expect((await whatItSays(prepared)).done).toEqual([
      'virtual proxy "jwt"',
      'proxy link "jwt at Rim"',
    ])
    const methods = relay.requests.map(({ method }) => method)
    for (const fault of faults) {
      const places = placesFor(methods, fault)
      const tried = fault === 'cut' ? places : writesOf(methods, places)
      expect(tried.length).toBeGreaterThan(3)
      for (const place of tried) await tryAt(fault, place)
    }
  })
})

describe.each(Object.entries(applyTargets))('removing a setup at %s', (_, start) => {
  let target: ApplyTarget
  beforeAll(async () => {
    target = await start()
  })
  afterAll(() => target?.close())

  async function prepare() {
    await target.reset()
    const provisioning = await target.provision('direct')
    await applyPlan({ provisioning, plan: await readPlan({ provisioning }) })
    const planned = await readPlan({ provisioning, removesAll: true })
    const relayed = await target.provision('relay')
    target.relay.requests.length = 0
    return { provisioning: relayed, plan: planned, allowDelete: true }
  }

  it.each([401, 500, 'cut'] as const)(
    'by %s at each write tells the truth, and ends well',
    async (fault) => {
      await applyPlan(await prepare())
      const methods = target.relay.requests.map(({ method }) => method)
      for (const place of writesOf(methods, placesFor(methods, fault))) {
        const prepared = await prepare()
        failAt(target.relay, fault, place)
        const said = await whatItSays(prepared)
        const provisioning = await target.provision('direct')
        const left = await readPlan({ provisioning, removesAll: true })
        const there = left.steps.map(nameOfStep)
        const at = `call ${place.call}, ${place.when}`
        expect(
          there.filter((name) => said.done.includes(name)),
          at,
        ).toEqual([])
        expect(there, at).toEqual(expect.arrayContaining([...said.notDone]))
        await applyPlan({ provisioning, plan: left, allowDelete: true })
        expect((await readPlan({ provisioning, removesAll: true })).steps, at).toEqual([])
      }
    },
  )
})
