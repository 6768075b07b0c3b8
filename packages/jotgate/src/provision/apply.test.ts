import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { qlikErrors } from '../qlik/index.ts'
import { applyPlan } from './apply.ts'
import type { Progress } from './errors.ts'
import type { ActualObject, Fields, Kind, Provisioning, WantedObject } from './kind.ts'
import { readPlan } from './read-plan.ts'

const cut = () => qlikErrors.ERR_QLIK_BROKEN_OFF({ call: 'POST /', reason: 'ECONNRESET' })

const refusal = () => qlikErrors.ERR_QLIK_REFUSED({ call: 'POST /', status: 409 })

/** What happens to one call: nothing, a refusal, an error before Qlik did it, or one after. */
type Fault = 'none' | 'refused' | 'before' | 'after'

/** A Qlik of two kinds in memory, whose calls fail as a script says. */
function createQlik(names: readonly string[] = ['proxy', 'link']) {
  let objects: (ActualObject & { kind: string })[] = []
  let faults: Fault[] = []
  let calls = 0
  const writes: string[] = []
  const faulty = async <Result>(step: () => Result): Promise<Result> => {
    const fault = faults[calls++] ?? 'none'
    if (fault === 'refused') throw refusal()
    if (fault === 'before') throw cut()
    const result = step()
    if (fault === 'after') throw cut()
    return result
  }
  const change = (id: string, fields: Fields) => {
    objects = objects.map((one) =>
      one.id === id ? { ...one, owner: 'this-setup', fields: { ...one.fields, ...fields } } : one,
    )
  }
  const kinds = names.map((name): Kind => {
    return {
      name,
      fixed: { issuer: 'It is a rotation.' },
      unordered: [],
      list: () => faulty(() => objects.filter(({ kind }) => kind === name)),
      create: ({ key, fields }) =>
        faulty(() => {
          writes.push(`create ${key}`)
          const id = `${name}-${writes.length}`
          objects.push({ kind: name, id, key, owner: 'this-setup', fields })
        }),
      update: ({ id, key }, fields) =>
        faulty(() => {
          writes.push(`update ${key}`)
          change(id, fields)
        }),
      remove: ({ id, key }) =>
        faulty(() => {
          writes.push(`remove ${key}`)
          objects = objects.filter((one) => one.id !== id)
        }),
    }
  })
  return {
    kinds,
    writes,
    objects: () => objects,
    put: (...added: (ActualObject & { kind: string })[]) => void objects.push(...added),
    change,
    fail: (...script: Fault[]) => {
      faults = script
      calls = 0
    },
  }
}

const wantedOf = (kind: string, key: string, fields: Fields = { a: 1 }): WantedObject => ({
  kind,
  key,
  fields,
  because: 'a test',
})

const provisioningOf = (
  { kinds }: ReturnType<typeof createQlik>,
  wanted: readonly WantedObject[],
): Provisioning => ({ kinds, wanted, notChecked: [], missingRights: async () => [] })

const two = [wantedOf('proxy', 'jwt'), wantedOf('link', 'node-1')]

const actualOf = (kind: string, key: string, more: Partial<ActualObject> = {}) => ({
  kind,
  id: `${kind}-${key}`,
  key,
  owner: 'this-setup' as const,
  fields: {},
  ...more,
})

describe('applying a plan', () => {
  it('makes what is missing, in order, and has nothing to do the second time', async () => {
    const qlik = createQlik()
    const provisioning = provisioningOf(qlik, two)
    const events: string[] = []
    const { done } = await applyPlan({
      provisioning,
      plan: await readPlan({ provisioning }),
      onEvent: (event) => events.push(`${event.type} ${event.step.key}`),
    })
    expect(done.map(({ key }) => key)).toEqual(['jwt', 'node-1'])
    expect(events).toEqual(['started jwt', 'done jwt', 'started node-1', 'done node-1'])
    const again = await readPlan({ provisioning })
    expect(again.steps.map(({ action }) => action)).toEqual(['none', 'none'])
    expect(await applyPlan({ provisioning, plan: again })).toEqual({ done: [], left: [] })
    expect(qlik.writes).toEqual(['create jwt', 'create node-1'])
  })

  it('leaves what is not wanted any more unless it may remove', async () => {
    const qlik = createQlik()
    qlik.put(actualOf('link', 'old'), actualOf('link', 'foreign', { owner: 'unmarked' }))
    const provisioning = provisioningOf(qlik, [])
    const plan = await readPlan({ provisioning })
    expect(await applyPlan({ provisioning, plan })).toMatchObject({ left: [{ key: 'old' }] })
    expect(qlik.objects()).toHaveLength(2)
    await applyPlan({ provisioning, plan, allowDelete: true })
    expect(qlik.objects().map(({ key }) => key)).toEqual(['foreign'])
  })

  it('changes nothing beside a conflict, a replacement or a missing right', async () => {
    const qlik = createQlik()
    qlik.put(actualOf('link', 'node-1', { owner: 'unmarked' }))
    const provisioning = provisioningOf(qlik, two)
    const plan = await readPlan({ provisioning })
    const code = (one: string) => expect.objectContaining({ code: one })
    await expect(applyPlan({ provisioning, plan })).rejects.toEqual(code('ERR_PROVISION_CONFLICT'))

    const fixed = provisioningOf(qlik, [
      two[0] as WantedObject,
      wantedOf('link', 'x', { issuer: 2 }),
    ])
    qlik.put(actualOf('link', 'x', { fields: { issuer: 1 } }))
    await expect(
      applyPlan({ provisioning: fixed, plan: await readPlan({ provisioning: fixed }) }),
    ).rejects.toMatchObject({
      code: 'ERR_PROVISION_REPLACE',
      message: expect.stringContaining('rotation'),
    })

    const missing = [{ what: 'change links', givenBy: 'the role Admin' }]
    const powerless = {
      ...provisioningOf(qlik, [wantedOf('proxy', 'jwt')]),
      missingRights: async () => missing,
    }
    await expect(
      applyPlan({ provisioning: powerless, plan: await readPlan({ provisioning: powerless }) }),
    ).rejects.toMatchObject({ code: 'ERR_PROVISION_RIGHTS', details: { missing } })
    expect(qlik.writes).toEqual([])
  })

  it('adopts what nobody had marked', async () => {
    const qlik = createQlik()
    qlik.put(actualOf('proxy', 'jwt', { owner: 'unmarked', fields: { a: 1 } }))
    const provisioning = provisioningOf(qlik, [wantedOf('proxy', 'jwt')])
    await applyPlan({ provisioning, plan: await readPlan({ provisioning, adopt: true }) })
    expect(qlik.objects()).toMatchObject([{ owner: 'this-setup' }])
  })

  it.each([
    ['changed', (qlik: ReturnType<typeof createQlik>) => qlik.change('proxy-jwt', { a: 3 })],
    ['removed', (qlik: ReturnType<typeof createQlik>) => qlik.objects().splice(0, 1)],
  ])('stops where an object was %s since the plan', async (how, meddle) => {
    const qlik = createQlik()
    qlik.put(actualOf('proxy', 'jwt', { fields: { a: 2 } }))
    const provisioning = provisioningOf(qlik, two)
    const plan = await readPlan({ provisioning })
    meddle(qlik)
    await expect(applyPlan({ provisioning, plan })).rejects.toMatchObject({
      code: 'ERR_PROVISION_STOPPED',
      cause: { code: 'ERR_PROVISION_CHANGED', message: expect.stringContaining(how) },
      details: { done: [], notDone: ['proxy "jwt"', 'link "node-1"'] },
    })
    expect(qlik.writes).toEqual([])
  })

  it('takes what somebody else has done meanwhile for done', async () => {
    const qlik = createQlik()
    const provisioning = provisioningOf(qlik, two)
    const [plan, other] = [await readPlan({ provisioning }), await readPlan({ provisioning })]
    await applyPlan({ provisioning, plan })
    await applyPlan({ provisioning, plan: other })
    expect(qlik.writes).toEqual(['create jwt', 'create node-1'])
  })

  it('says that nothing is known of a change when Qlik cannot be asked after it', async () => {
    const qlik = createQlik()
    const provisioning = provisioningOf(qlik, two)
    const plan = await readPlan({ provisioning })
    qlik.fail('none', 'after', 'before')
    await expect(applyPlan({ provisioning, plan })).rejects.toMatchObject({
      code: 'ERR_PROVISION_STOPPED',
      details: { done: [], unknown: ['proxy "jwt"'], notDone: ['link "node-1"'] },
    })
  })

  it('takes a change that Qlik accepts and does not make for a failure', async () => {
    const qlik = createQlik()
    qlik.put(actualOf('proxy', 'jwt', { fields: { a: 2, b: 2 } }))
    const [kind] = qlik.kinds
    const kinds = [{ ...(kind as Kind), update: async () => undefined }]
    const wanted = [wantedOf('proxy', 'jwt', { a: 1, b: 2 })]
    const provisioning = { ...provisioningOf(qlik, wanted), kinds }
    await expect(
      applyPlan({ provisioning, plan: await readPlan({ provisioning }) }),
    ).rejects.toMatchObject({
      cause: { code: 'ERR_PROVISION_NOT_PROVED', details: { fields: ['a'] } },
    })
  })

  it('takes a change of which Qlik said nothing for begun when it is not to be seen', async () => {
    const qlik = createQlik()
    const provisioning = provisioningOf(qlik, two)
    const plan = await readPlan({ provisioning })
    qlik.fail('none', 'before')
    await expect(applyPlan({ provisioning, plan })).rejects.toMatchObject({
      details: { done: [], unknown: ['proxy "jwt"'], notDone: ['link "node-1"'] },
    })
  })

  it('stops where two have made the same at one moment', async () => {
    const qlik = createQlik()
    const [kind, link] = qlik.kinds as [Kind, Kind]
    const create = async (wanted: WantedObject) => {
      await kind.create(wanted)
      qlik.put(actualOf('proxy', 'jwt', { id: 'of the other', fields: wanted.fields }))
    }
    const provisioning = { ...provisioningOf(qlik, two), kinds: [{ ...kind, create }, link] }
    const plan = await readPlan({ provisioning })
    await expect(applyPlan({ provisioning, plan })).rejects.toMatchObject({
      cause: { code: 'ERR_PROVISION_CHANGED', message: expect.stringContaining('a second time') },
      details: { unknown: ['proxy "jwt"'], notDone: ['link "node-1"'] },
    })
    const next = await readPlan({ provisioning })
    expect(next.steps.map(({ action, key }) => [action, key])).toEqual([
      ['none', 'jwt'],
      ['create', 'node-1'],
      ['delete', 'jwt'],
    ])
  })

  it('proves at the end that no step has undone another', async () => {
    const qlik = createQlik()
    qlik.put(actualOf('link', 'node-1'))
    const provisioning = provisioningOf(qlik, two)
    const plan = await readPlan({ provisioning })
    const applying = applyPlan({
      provisioning,
      plan,
      onEvent: ({ type, step }) =>
        type === 'done' && step.kind === 'link' && qlik.change('proxy-1', { a: 3 }),
    })
    await expect(applying).rejects.toMatchObject({
      details: { done: ['link "node-1"'], unknown: ['proxy "jwt"'], notDone: [] },
    })
  })

  it('ends between two steps when it is interrupted', async () => {
    const qlik = createQlik()
    const provisioning = provisioningOf(qlik, two)
    const plan = await readPlan({ provisioning })
    const interrupted = new AbortController()
    const applying = applyPlan({
      provisioning,
      plan,
      onEvent: ({ type }) => type === 'done' && interrupted.abort(),
      signal: interrupted.signal,
    })
    await expect(applying).rejects.toMatchObject({
      details: { done: ['proxy "jwt"'], notDone: ['link "node-1"'] },
    })
    expect(qlik.writes).toEqual(['create jwt'])
  })

  it('tells the truth and ends well when repeated, wherever calls fail', async () => {
    const fault = fc.constantFrom<Fault>('none', 'none', 'none', 'refused', 'before', 'after')
    const scripts = fc.array(fault, { maxLength: 16 })
    await fc.assert(
      fc.asyncProperty(scripts, async (script) => {
        const qlik = createQlik()
        qlik.put(
          actualOf('proxy', 'jwt', { fields: { a: 2, own: 1 } }),
          actualOf('link', 'old'),
          actualOf('link', 'foreign', { owner: 'unmarked' }),
        )
        const provisioning = provisioningOf(qlik, two)
        const apply = async () => {
          const plan = await readPlan({ provisioning })
          qlik.fail(...script)
          try {
            await applyPlan({ provisioning, plan, allowDelete: true })
          } finally {
            qlik.fail()
          }
        }
        const all = ['proxy "jwt"', 'link "node-1"', 'link "old"']
        const { done: told, notDone } = await apply().then(
          (): Pick<Progress, 'done' | 'notDone'> => ({ done: all, notDone: [] }),
          (error) => error.details as Progress,
        )
        const has = (key: string) => qlik.objects().find((one) => one.key === key)
        if (told.includes('proxy "jwt"')) expect(has('jwt')?.fields).toEqual({ a: 1, own: 1 })
        if (told.includes('link "node-1"')) expect(has('node-1')).toBeDefined()
        if (told.includes('link "old"')) expect(has('old')).toBeUndefined()
        if (notDone.includes('proxy "jwt"')) expect(has('jwt')?.fields).toMatchObject({ a: 2 })
        if (notDone.includes('link "node-1"')) expect(has('node-1')).toBeUndefined()
        if (notDone.includes('link "old"')) expect(has('old')).toBeDefined()
        script.length = 0
        await apply()
        expect(
          qlik
            .objects()
            .map(({ key }) => key)
            .sort(),
        ).toEqual(['foreign', 'jwt', 'node-1'])
        expect(new Set(qlik.writes).size).toBe(qlik.writes.length)
      }),
    )
  })
})
