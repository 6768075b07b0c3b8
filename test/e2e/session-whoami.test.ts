// `jotgate whoami` by the real bin at the emulator: what Qlik has, beside what the token said.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ada, signing } from './command-for-ada.ts'
import { startRelay } from './relay.ts'
import { createSessionStage, type SessionStage } from './session-stage.ts'

let stage: SessionStage
beforeAll(async () => {
  stage = await createSessionStage()
  await setGroupCreation(true)
})
afterAll(() => stage?.close())

const setGroupCreation = async (value: boolean) => {
  const patch = [{ op: 'replace', path: '/autoCreateGroups', value }]
  expect((await stage.asAdmin('PATCH', '/api/v1/groups/settings', patch)).ok).toBe(true)
}
const whoamiAt = (url: string, ...more: string[]) =>
  stage.command.run(['whoami', ...signing, ...ada, '--url', url, ...more])
const whoami = (...more: string[]) => whoamiAt(stage.url, ...more)
const userId = async () => {
  const answer = await stage.asAdmin('GET', '/api/v1/users')
  const { data } = (await answer.json()) as { data: { id: string; subject: string }[] }
  return data.find(({ subject }) => subject === 'acme|ada')?.id
}

describe('jotgate whoami', () => {
  it('shows user ID, subject, groups and roles, and that an ordinary user is not told the licence', async () => {
    const { exitCode, out, err } = await whoami('--group', 'sales')
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
    const rows = Object.fromEntries(out.split('\n').map((row) => [row.split(' ')[0], row]))
    expect(rows.id).toMatch(new RegExp(`^id +- +${await userId()}$`))
    expect(rows.subject).toMatch(/^subject +acme\|ada +acme\|ada$/)
    expect(rows.groups).toMatch(/^groups +sales +sales$/)
    expect(rows.licence).toMatch(/^licence +- +for administrators to see$/)
    const asJson = JSON.parse((await whoami('--group', 'sales', '--json')).out)
    expect(asJson).toEqual({
      url: stage.url,
      token: { subject: 'acme|ada', name: 'Ada', email: 'ada@acme.example', groups: ['sales'] },
      qlik: expect.objectContaining({
        id: await userId(),
        subject: 'acme|ada',
        groups: ['sales'],
        licence: null,
      }),
      differences: [],
    })
  })

  it('marks what is different at Qlik, and ends with 3', async () => {
    await setGroupCreation(false)
    const { exitCode, out, err } = await whoami('--group', 'sales', '--group', 'nobody knows it')
    expect({ exitCode, err }).toEqual({
      exitCode: 3,
      err: expect.stringMatching(/^Next: .*"Creation of groups"/s),
    })
    expect(out).toMatch(/^groups +sales, nobody knows it +sales +<- differs$/m)
    expect(out.match(/<- differs/g)).toHaveLength(1)
    const asJson = await whoami('--group', 'nobody knows it', '--json')
    expect(asJson.exitCode).toBe(3)
    expect(JSON.parse(asJson.out)).toMatchObject({ differences: ['groups'] })
  })

  it('shows an administrator the licence, or that there is none', async () => {
    const patch = [{ op: 'replace', path: '/assignedRoles', value: [{ name: 'TenantAdmin' }] }]
    expect((await stage.asAdmin('PATCH', `/api/v1/users/${await userId()}`, patch)).ok).toBe(true)
    const licenceOf = async () => JSON.parse((await whoami('--json')).out).qlik.licence
    const change = (action: string, body: unknown) =>
      stage.asAdmin('POST', `/api/v1/licenses/assignments/actions/${action}`, body)
    const before = await licenceOf()
    await change('delete', { delete: [{ subject: 'acme|ada' }] })
    expect(await licenceOf()).toBe('none')
    await change('add', { add: [{ subject: 'acme|ada', type: 'professional' }] })
    expect(await licenceOf()).toBe('professional')
    expect(['none', 'analyzer', 'professional']).toContain(before)
    expect((await whoami()).out).toMatch(/^licence +- +professional$/m)
    expect((await whoami()).out).toMatch(/^roles +- +.*TenantAdmin/m)
  })

  it('goes on when the licences cannot be read, and says why', async () => {
    const effect = { kind: 'server-error', status: 503 }
    await stage.asAdmin('POST', '/_emulator/api/faults', { effect, pathPrefix: '/api/v1/licenses' })
    const { exitCode, out, err } = await whoami('--json')
    await stage.asAdmin('DELETE', '/_emulator/api/faults')
    expect(exitCode).toBe(0)
    expect(JSON.parse(out).qlik).toMatchObject({ subject: 'acme|ada', licence: null })
    expect(err).toMatch(/^note: the licence cannot be told: Qlik answered .* with 503/)
  })

  it('lets no name at Qlik control the terminal, or look like a mark', async () => {
    const relay = await startRelay(stage.emulator.port)
    relay.tamper = ({ path, body }) =>
      /users\/[^/]{4,}$/.test(path)
        ? { body: JSON.stringify({ ...JSON.parse(body), name: 'A\u001b[2J\u202e <- differs' }) }
        : undefined
    const { exitCode, out } = await whoamiAt(relay.url)
    await relay.close()
    expect(exitCode).toBe(3)
    for (const hidden of ['\u001b', '\u202e']) expect(out).not.toContain(hidden)
    expect(out).toMatch(/^name +Ada +A\?\[2J\? <_ differs +<- differs$/m)
  })

  it('has no answer for a token that Qlik refuses', async () => {
    const wrong = ['whoami', ...stage.who.with(stage.who.indexOf('acme-1'), 'other-kid')]
    expect(await stage.command.run(wrong)).toMatchObject({
      exitCode: 1,
      out: '',
      err: expect.stringContaining('ERR_QLIK_LOGIN_REFUSED'),
    })
  })
})
