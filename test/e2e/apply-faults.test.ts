// Qlik’s API fails in the middle of an apply, at each call: what is told as done is done, and repeating ends well.
import { applyPlan, hasChanges, nameOfStep, readPlan } from 'jotgate/provision'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { failAt, faults, placesFor, whatItSays } from './apply-fault-places.ts'
import { type ApplyTarget, applyTargets, otherOrigins } from './apply-targets.ts'

describe.each(Object.entries(applyTargets))('at %s', (_, start) => {
  let target: ApplyTarget
  /** The methods of the calls that a whole apply makes, in order. */
  let methods: string[]
  beforeAll(async () => {
    target = await start()
    await target.reset()
    const plan = await readPlan({ provisioning: await target.provision('direct') })
    const provisioning = await target.provision('relay')
    target.relay.requests.length = 0
    await applyPlan({ provisioning, plan })
    methods = target.relay.requests.map(({ method }) => method)
  })
  afterAll(() => target?.close())
  beforeEach(() => target.reset())

  describe('an apply whose calls fail', () => {
    it.each(faults)(
      'by %s, at each call, tells the truth and ends well when it is repeated',
      async (fault) => {
        for (const place of placesFor(methods, fault)) {
          await target.reset()
          const at = `call ${place.call}, ${place.when}`
          const plan = await readPlan({ provisioning: await target.provision('direct') })
          const provisioning = await target.provision('relay')
          failAt(target.relay, fault, place)
          const said = await whatItSays({ provisioning, plan })
          const really = await target.provision('direct')
          const after = await readPlan({ provisioning: really })
          const inOrder = after.steps.filter(({ action }) => action === 'none').map(nameOfStep)
          expect(inOrder, at).toEqual(expect.arrayContaining([...said.done]))
          expect(
            inOrder.filter((name) => said.notDone.includes(name)),
            at,
          ).toEqual([])
          await applyPlan({ provisioning: really, plan: after })
          expect(hasChanges(await readPlan({ provisioning: really })), at).toBe(false)
        }
      },
    )
  })

  describe('two who apply', () => {
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
  })
})
