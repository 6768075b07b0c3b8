import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { ShownError } from '../../control/product.ts'
import { documentedCloses } from '../errors/documented-closes.ts'
import { documentedErrors } from '../errors/documented-errors.ts'
import { startTenant, type TestTenant } from '../testing/tenant.ts'

let tenant: TestTenant
beforeAll(async () => {
  tenant = await startTenant()
})
afterAll(() => tenant.close())
afterEach(() => tenant.emulator.faults.clear())

/** Given by a fault: nothing of the tenant as it is leads there. */
const byFault = ['rate-limit', 'csrf-not-found', 'idp-interactive-delete', 'oauth-unauthorized']

describe('the catalogue of errors', () => {
  it('has each code of the tenant once or more, and no ID twice', () => {
    const ids = [...documentedErrors, ...documentedCloses].map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of byFault) expect(ids).toContain(id)
  })

  it.each(documentedErrors)('shows $id by a ready-made request', async (error) => {
    const { id, status, title, detail } = error
    const before = JSON.stringify([tenant.emulator.state.users(), tenant.emulator.faults.get()])
    const answer = await tenant.admin('POST', `/_emulator/api/errors/${id}/show`)
    expect(answer.status).toBe(200)
    const shown = (await answer.json()) as ShownError
    expect(shown).toMatchObject({ status, by: byFault.includes(id) ? 'fault' : 'rules' })
    expect(JSON.stringify(shown.body)).toContain(detail ?? title)
    if (error.retryAfterSeconds !== undefined)
      expect(shown.retryAfter).toBe(String(error.retryAfterSeconds))
    expect(JSON.stringify([tenant.emulator.state.users(), tenant.emulator.faults.get()])).toBe(
      before,
    )
  })

  it('records its own requests as examples, decoded like any other', async () => {
    await (await tenant.admin('POST', '/_emulator/api/errors/missing-nbf/show')).text()
    const recorded = tenant.emulator.requests.at(-1)
    expect(recorded).toMatchObject({ isExample: true, path: '/login/jwt-session', status: 400 })
    expect(recorded?.token?.verdict).toContainEqual(
      expect.objectContaining({ rule: 'required-claims', outcome: 'refused' }),
    )
    expect(JSON.stringify(recorded)).not.toContain(tenant.emulator.adminKey)
  })

  it.each(documentedErrors)(
    'gives $id to the next real request, once',
    async ({ id, ...error }) => {
      const armed = await tenant.admin('POST', `/_emulator/api/errors/${id}/arm`)
      expect(armed.status).toBe(201)
      await armed.text()
      const first = await tenant.send(error.method, error.path)
      expect(first.status).toBe(error.status)
      expect(await first.text()).toContain(JSON.stringify(error.title).slice(1, -1))
      await (await tenant.send(error.method, error.path)).text()
      expect(tenant.emulator.faults.get()).toMatchObject([{ timesApplied: 1 }])
    },
  )

  it('closes the next engine socket, once', async () => {
    await (await tenant.admin('POST', '/_emulator/api/errors/close-4230/arm')).text()
    const socket = new WebSocket(`ws://localhost:${tenant.emulator.port}/app/sales`)
    const [code, reason] = await once(socket, 'close')
    expect([code, String(reason)]).toEqual([4230, 'You are not entitled to perform that operation'])
  })

  it.each(['show', 'arm'])('knows no error of another name to %s', async (action) => {
    const answer = await tenant.admin('POST', `/_emulator/api/errors/nothing/${action}`)
    expect(answer.status).toBe(404)
    await answer.text()
  })

  it('says of each when it comes, what to do, and who says so', async () => {
    const answer = await tenant.send('GET', '/_emulator/api/errors')
    const { errors, closes, clientTexts } = (await answer.json()) as Record<
      'errors' | 'closes' | 'clientTexts',
      Record<string, string>[]
    >
    for (const one of [...errors, ...closes])
      expect([one.cause, one.advice, one.source].every((text) => (text ?? '').length > 5)).toBe(
        true,
      )
    expect(clientTexts.length).toBeGreaterThan(0)
  })
})
