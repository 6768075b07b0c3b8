// Qlik’s API fails in the middle of an apply, at each call: what is told as done is done, and repeating ends well.
import { applyPlan, hasChanges, nameOfStep, readPlan } from 'jotgate/provision'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { failAt, faults, placesFor, whatItSays } from './apply-fault-places.ts'
import { type ApplyTarget, applyTargets } from './apply-targets.ts'

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
})
