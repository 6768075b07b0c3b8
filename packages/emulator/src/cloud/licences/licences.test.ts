import { afterEach, beforeEach, expect, it } from 'vitest'
import { openSocket } from '../../http/testing/open-socket.ts'
import { startTenant, type TestTenant } from '../testing/tenant.ts'

const path = '/api/v1/licenses'
let tenant: TestTenant
beforeEach(async () => {
  tenant = await startTenant()
})
afterEach(() => tenant.close())

const off = { autoAssignProfessional: false, autoAssignAnalyzer: false }

async function act(action: string, body: object): Promise<unknown> {
  const answer = await tenant.admin('POST', `${path}/assignments/actions/${action}`, body)
  expect(answer.status).toBe(207)
  return ((await answer.json()) as { data: unknown }).data
}

async function open() {
  const { cookie, csrfToken } = await tenant.login()
  return openSocket(`${tenant.emulator.url}/app/sales?qlik-csrf-token=${csrfToken}`, { cookie })
}

it('everybody gets a licence by themselves with the first app that they open', async () => {
  expect((await open()).frames).toEqual([{ opened: 'sales' }])
  const list = await tenant.admin('GET', `${path}/assignments`)
  expect(await list.json()).toMatchObject({
    data: [{ subject: 'ada', type: 'professional', excess: false }],
  })
  const overview = await (await tenant.admin('GET', `${path}/overview`)).json()
  expect(overview).toMatchObject({
    status: 'Ok',
    allotments: [
      { name: 'professional', unitsUsed: 1 },
      { name: 'analyzer', unitsUsed: 0 },
    ],
  })
  const status = await tenant.admin('GET', `${path}/status`)
  expect(await status.json()).toMatchObject({ status: 'Ok' })
})

it('without automatic assignment the engine is closed, in one of two ways', async () => {
  const put = await tenant.admin('PUT', `${path}/settings`, off)
  expect(await put.json()).toEqual(off)
  expect(await (await tenant.admin('GET', `${path}/settings`)).json()).toEqual(off)
  expect(await open()).toEqual({ frames: [], closeCode: 4230 })
  tenant.emulator.switches.set({ noLicence: 'session-error' })
  expect(await open()).toMatchObject({
    frames: [{ method: 'OnConnected', params: { qSessionState: 'SESSION_ERROR_NO_LICENSE' } }],
    closeCode: 4230,
  })
  const add = [{ subject: 'ada', type: 'analyzer' }]
  expect(await act('add', { add })).toEqual([{ status: 201, subject: 'ada', type: 'analyzer' }])
  expect((await open()).frames).toEqual([{ opened: 'sales' }])
})

it('assignments are changed one by one, with an answer for each', async () => {
  await tenant.login()
  const id = tenant.emulator.state.users().find(({ subject }) => subject === 'ada')?.id
  const add = [
    { userId: id, type: 'analyzer' },
    { subject: 'ada', type: 'analyzer' },
    { subject: 'bob', type: 'king' },
    { type: 'analyzer' },
  ]
  expect(await act('add', { add })).toMatchObject([
    { status: 201, subject: 'ada' },
    { status: 409 },
    { status: 400 },
    { status: 400 },
  ])
  const update = [
    { subject: 'ada', type: 'professional' },
    { subject: 'bob', type: 'analyzer' },
    { subject: 'ada', type: 'king' },
  ]
  expect(await act('update', { update })).toMatchObject([
    { status: 200, type: 'professional' },
    { status: 404 },
    { status: 400 },
  ])
  expect(await act('delete', { delete: [{ subject: 'ada' }, { subject: 'ada' }] })).toMatchObject([
    { status: 200 },
    { status: 404 },
  ])
})

it('wrong bodies are refused, and ordinary users', async () => {
  for (const body of [{ autoAssignAnalyzer: 'yes' }, []])
    expect((await tenant.admin('PUT', `${path}/settings`, body)).status).toBe(400)
  expect((await tenant.admin('POST', `${path}/assignments/actions/add`, {})).status).toBe(400)
  const { cookie } = await tenant.login()
  expect((await tenant.send('GET', `${path}/settings`, { cookie })).status).toBe(403)
  expect((await tenant.send('GET', `${path}/overview`, { cookie })).status).toBe(200)
})
