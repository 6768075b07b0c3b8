// Two who change the same Qlik at once, and an administrator between plan and apply: nothing is lost, and the stop is
// clear.
import { applyPlan, hasChanges, readPlan } from 'jotgate/provision'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { passAll } from './apply-fault-places.ts'
import { type ApplyTarget, applyTargets, otherOrigins } from './apply-targets.ts'

describe.each(Object.entries(applyTargets))('at %s', (_, start) => {
  let target: ApplyTarget
  beforeAll(async () => {
    target = await start()
  })
  afterAll(() => target?.close())
  beforeEach(() => target.reset())

  /** Lets something happen before the call of a number, counted from now on. */
  function beforeCall(call: number, act: () => Promise<unknown>): void {
    let asked = 0
    target.relay.refuse = async () => {
      asked += 1
      if (asked === call) await act()
      return undefined
    }
  }

  it('at once never leave two objects unsaid: each ends, or stops, and repeating ends well', async () => {
    const one = await target.provision('direct')
    const other = await target.provision('direct')
    const plans = [
      await readPlan({ provisioning: one }),
      await readPlan({ provisioning: other }),
    ] as const
    const ended = await Promise.allSettled([
      applyPlan({ provisioning: one, plan: plans[0] }),
      applyPlan({ provisioning: other, plan: plans[1] }),
    ])
    for (const result of ended)
      if (result.status === 'rejected')
        expect(result.reason).toMatchObject({ code: 'ERR_PROVISION_STOPPED' })
    const plan = await readPlan({ provisioning: one })
    await applyPlan({ provisioning: one, plan, allowDelete: true })
    expect(hasChanges(await readPlan({ provisioning: other }))).toBe(false)
  })

  it('one after the other: the second finds the work of the first', async () => {
    const provisioning = await target.provision('direct')
    const [plan, later] = [await readPlan({ provisioning }), await readPlan({ provisioning })]
    await applyPlan({ provisioning, plan })
    const found: string[] = []
    await applyPlan({
      provisioning,
      plan: later,
      onEvent: (event) => event.type === 'done' && found.push(event.how),
    })
    expect(new Set(found)).toEqual(new Set(['found']))
  })

  it('an administrator’s change after the plan stops the apply, and is kept', async () => {
    const first = await target.provision('direct')
    await applyPlan({ provisioning: first, plan: await readPlan({ provisioning: first }) })
    const provisioning = await target.provision('direct', otherOrigins)
    const plan = await readPlan({ provisioning })
    await target.changeByHand()
    const byHand = await target.readField()
    await expect(applyPlan({ provisioning, plan })).rejects.toMatchObject({
      code: 'ERR_PROVISION_STOPPED',
      cause: { code: 'ERR_PROVISION_CHANGED' },
    })
    expect(await target.readField()).toEqual(byHand)
    expect(JSON.stringify(byHand)).toContain('by-hand')
  })

  it('at once, the whole other apply between any two calls: it ends or stops, and repeating ends well', async () => {
    const applied = async (call: number) => {
      await target.reset()
      const [one, other] = [await target.provision('relay'), await target.provision('direct')]
      const plan = await readPlan({ provisioning: one })
      const otherPlan = await readPlan({ provisioning: other })
      target.relay.requests.length = 0
      beforeCall(call, () => applyPlan({ provisioning: other, plan: otherPlan }))
      const ended = await applyPlan({ provisioning: one, plan }).catch((error: unknown) => error)
      const calls = target.relay.requests.length
      passAll(target.relay)
      if (ended instanceof Error) expect(ended).toMatchObject({ code: 'ERR_PROVISION_STOPPED' })
      const left = await readPlan({ provisioning: other })
      await applyPlan({ provisioning: other, plan: left, allowDelete: true })
      expect(hasChanges(await readPlan({ provisioning: other })), `call ${call}`).toBe(false)
      return calls
    }
    let last = 1
    for (let call = 1; call <= last; call += 1) last = Math.max(await applied(call), call)
    expect(last).toBeGreaterThan(10)
  })

  it('an administrator’s change between any two calls stops the apply, and is kept; Qlik Cloud leaves a moment open', async () => {
    const methodsOf = async (call: number) => {
      await target.reset()
      const first = await target.provision('direct')
      await applyPlan({ provisioning: first, plan: await readPlan({ provisioning: first }) })
      const provisioning = await target.provision('relay', otherOrigins)
      const plan = await readPlan({ provisioning })
      target.relay.requests.length = 0
      beforeCall(call, target.changeByHand)
      const ended = await applyPlan({ provisioning, plan }).catch((error: unknown) => error)
      const methods = target.relay.requests.map(({ method }) => method)
      if (call > methods.length) return methods
      const isOpen = !target.refusesStaleWrites && methods[call - 1] === 'PATCH'
      const field = JSON.stringify(await target.readField())
      const at = `call ${call} of ${methods}`
      expect(field.includes('by-hand'), at).toBe(!isOpen)
      const isBeforeWrite = methods.slice(call).some((method) => method !== 'GET')
      if (isBeforeWrite && !isOpen) expect(ended, at).toBeInstanceOf(Error)
      if (ended instanceof Error) expect(ended, at).toMatchObject({ code: 'ERR_PROVISION_STOPPED' })
      return methods
    }
    for (let call = 1; ; call += 1) {
      const methods = await methodsOf(call)
      if (call <= methods.length) continue
      expect(methods.filter((method) => method !== 'GET').length).toBeGreaterThan(0)
      break
    }
  })
})
