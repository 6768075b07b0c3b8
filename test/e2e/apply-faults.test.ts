// Qlik’s API fails in the middle of an apply, at each call: what is told as done is done, and repeating ends well.
import { cloud } from 'jotgate'
import { createKeyPair } from 'jotgate/keys'
import { applyPlan, hasChanges, nameOfStep, provisionCloud, readPlan } from 'jotgate/provision'
import { createAdministration } from 'jotgate/qlik'
import { createEmulator, type Emulator } from 'jotgate-emulator'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Relay, startRelay } from './relay.ts'

let certificate: string
beforeAll(async () => {
  certificate = (await createKeyPair({ bits: 2048 })).certificatePem
})

const setup = { id: '5f2c90ab', origins: ['https://www.acme.example'] }

const provisionAt = (url: string, { adminKey }: Emulator, more: object = {}) => {
  const deployment = cloud({ url, issuer: 'acme.example' })
  const administration = createAdministration({ deployment, apiKey: adminKey })
  return provisionCloud({
    deployment,
    kid: 'acme-1',
    certificate,
    setup: { ...setup, ...more },
    administration,
  })
}

async function withTenant(run: (emulator: Emulator, relay: Relay) => Promise<void>) {
  const emulator = await createEmulator()
  const relay = await startRelay(Number(new URL(emulator.url).port))
  try {
    await run(emulator, relay)
  } finally {
    await relay.close()
    await emulator.close()
  }
}

/** How many calls a whole apply makes. */
async function countCalls(): Promise<number> {
  let calls = 0
  await withTenant(async (emulator, relay) => {
    const provisioning = await provisionAt(relay.url, emulator)
    const plan = await readPlan({ provisioning })
    const before = relay.requests.length
    await applyPlan({ provisioning, plan })
    calls = relay.requests.length - before
  })
  return calls
}

describe('an apply whose calls fail', () => {
  it.each([401, 403, 409, 429, 500, 'cut'] as const)(
    'by %s, at each call, tells the truth and ends well when it is repeated',
    async (fault) => {
      const calls = await countCalls()
      expect(calls).toBeGreaterThan(10)
      for (let failing = 1; failing <= calls; failing += 1)
        await withTenant(async (emulator, relay) => {
          const provisioning = await provisionAt(relay.url, emulator)
          const plan = await readPlan({ provisioning })
          let asked = 0
          // The answer is changed, so Qlik has done what it was asked for.
          relay.tamper = () => {
            asked += 1
            if (asked !== failing) return undefined
            return fault === 'cut' ? 'cut' : { status: fault, body: '{}' }
          }
          const told = await applyPlan({ provisioning, plan }).then(
            ({ done }) => done.map(nameOfStep),
            (error) => {
              if (error.code !== 'ERR_PROVISION_STOPPED') return []
              const { done, unknown, notDone } = error.details
              expect([...done, ...unknown, ...notDone].sort()).toEqual(
                plan.steps
                  .filter(({ action }) => action !== 'none')
                  .map(nameOfStep)
                  .sort(),
              )
              return done as string[]
            },
          )
          relay.tamper = () => undefined
          const really = await provisionAt(emulator.url, emulator)
          const after = await readPlan({ provisioning: really })
          const inOrder = after.steps.filter(({ action }) => action === 'none').map(nameOfStep)
          expect(inOrder, `call ${failing}`).toEqual(expect.arrayContaining(told))
          await applyPlan({ provisioning: really, plan: after })
          const last = await readPlan({ provisioning: really })
          expect(hasChanges(last), `call ${failing}`).toBe(false)
        })
    },
  )
})

describe('two who apply', () => {
  it('at once never leave two objects unsaid: each ends, or stops, and repeating ends well', async () => {
    await withTenant(async (emulator) => {
      const one = await provisionAt(emulator.url, emulator)
      const other = await provisionAt(emulator.url, emulator)
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
  })

  it('one after the other: the second finds the work of the first', async () => {
    await withTenant(async (emulator) => {
      const provisioning = await provisionAt(emulator.url, emulator)
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
  })

  it('an administrator’s change after the plan stops the apply, and is kept', async () => {
    await withTenant(async (emulator) => {
      const first = await provisionAt(emulator.url, emulator)
      await applyPlan({ provisioning: first, plan: await readPlan({ provisioning: first }) })
      const origins = [...setup.origins, 'https://b.acme.example']
      const provisioning = await provisionAt(emulator.url, emulator, { origins })
      const plan = await readPlan({ provisioning })
      const headers = {
        authorization: `Bearer ${emulator.adminKey}`,
        'content-type': 'application/json',
      }
      const path = new URL('/api/v1/web-integrations', emulator.url)
      const list = async () =>
        ((await (await fetch(path, { headers })).json()) as { data: { id: string }[] }).data
      const [integration] = await list()
      const byHand = ['https://www.acme.example', 'https://by-hand.acme.example']
      const answer = await fetch(new URL(`${path.pathname}/${integration?.id}`, path), {
        method: 'PATCH',
        headers,
        body: JSON.stringify([{ op: 'replace', path: '/validOrigins', value: byHand }]),
      })
      expect(answer.ok).toBe(true)
      await expect(applyPlan({ provisioning, plan })).rejects.toMatchObject({
        code: 'ERR_PROVISION_STOPPED',
        cause: { code: 'ERR_PROVISION_CHANGED' },
      })
      expect(await list()).toMatchObject([{ validOrigins: byHand }])
    })
  })
})
