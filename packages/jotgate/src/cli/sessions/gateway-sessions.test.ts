import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bearer, openAdminStage, otherSite } from '../../gateway/admin/admin-stage.fixture.ts'
import { runCli } from '../main.ts'
import { memoryTerminal } from '../memory-terminal.fixture.ts'

/** An administration, and the command in the folder of a configuration that names it. */
async function openStage() {
  const stage = await openAdminStage()
  const { folder, listening } = stage
  const gateway = {
    publicUrl: 'https://qlik.acme.example',
    allowedOrigins: ['https://www.acme.example'],
    identify: { assertion: { issuer: 'https://www.acme.example', keyFiles: ['host.pem'] } },
    admin: { socket: listening.at },
  }
  await writeFile(
    join(folder, 'jotgate.config.json'),
    JSON.stringify({ deployments: {}, gateway }),
    { mode: 0o600 },
  )
  return {
    ...stage,
    async run(...args: readonly string[]) {
      const terminal = memoryTerminal({ folder })
      const exitCode = await runCli(['sessions', ...args], terminal)
      return { exitCode, out: terminal.out, err: terminal.err }
    },
  }
}

describe.runIf(process.platform !== 'win32')('jotgate sessions at a gateway', () => {
  it('lists who is there, by its configuration or its socket', async () => {
    const { run, enter, listening, sockets } = await openStage()
    const { session } = await enter('ada')
    await enter('bob\u001b[2J')
    sockets.set(session.id, 2)
    const opened = new Date(session.openedAt).toISOString().replace(/\.\d+Z/, 'Z')
    const { exitCode, out, err } = await run('list', '--gateway')
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
    expect(out).toMatch(/^user +subject at Qlik +session +sockets +opened +last used +deployment\n/)
    expect(out).toMatch(
      new RegExp(`^ada +q-ada +${session.id.slice(0, 12)} +2 +${opened} +\\S+ +main$`, 'm'),
    )
    expect(out).not.toContain('\u001b')
    const bySocket = await run('list', '--socket', listening.at, '--user', 'ada', '--json')
    expect(JSON.parse(bySocket.out)).toMatchObject([{ id: session.id, hostSubject: 'ada' }])
    const nobody = await run('list', '--gateway', '--subject', 'ada')
    expect(nobody).toEqual({ exitCode: 0, out: '', err: '' })
  })

  it('ends those of a person, one, and all, but several not without --yes', async () => {
    const { run, enter, sessions, sockets } = await openStage()
    const { session } = await enter('ada')
    for (const subject of ['ada', 'bob', 'eve']) await enter(subject)
    sockets.set(session.id, 3)
    const asked = await run('end', '--gateway', '--user', 'ada')
    expect(asked.exitCode).toBe(2)
    expect(asked.err).toContain('2 sessions of 1 user would be ended: --yes ends them')
    expect(sessions.size).toBe(4)
    expect(await run('end', '--gateway', '--session', session.id.slice(0, 8))).toEqual({
      exitCode: 0,
      out: '1 session ended, with 3 web sockets\n',
      err: '',
    })
    expect((await run('end', '--gateway', '--subject', 'q-ada')).out).toMatch(/^1 session ended/)
    expect((await run('end', '--gateway', '--user', 'zoe')).out).toMatch(/^0 sessions ended/)
    const all = await run('end', '--gateway', '--all', '--yes', '--json')
    expect(JSON.parse(all.out)).toEqual({ sessions: 2, sockets: 0 })
    expect(sessions.size).toBe(0)
  })

  it('means one deployment or one site, also when all there are ended', async () => {
    const { run, enter, sessions } = await openStage()
    for (const subject of ['ada', 'bob']) await enter(subject)
    const end = (...args: string[]) => run('end', '--gateway', '--yes', ...args)
    expect((await run('list', '--gateway', '--deployment', 'emea')).out).toBe('')
    expect((await end('--all', '--deployment', 'emea')).out).toMatch(/^0 sessions ended/)
    expect((await end('--all', '--site', otherSite)).out).toMatch(/^0 sessions ended/)
    expect((await end('--user', 'ada', '--deployment', 'emea')).out).toMatch(/^0 sessions ended/)
    expect(sessions.size).toBe(2)
    const unknown = await end('--all', '--deployment', 'main2')
    expect(unknown.exitCode).toBe(1)
    expect(unknown.err).toContain('has a deployment that this gateway does not have')
    expect((await end('--user', 'ada', '--deployment', 'main')).out).toMatch(/^1 session ended/)
    expect((await end('--all', '--deployment', 'main')).out).toMatch(/^1 session ended/)
    expect(sessions.size).toBe(0)
  })

  it.each([
    [['end', '--gateway', '--all', '--url', 'https://a.example'], '--url is for client-managed'],
    [['list', '--gateway', '--node', 'https://a.example'], '--node is for client-managed'],
    [['list', '--site', 'https://qlik.acme.example'], '--site is for a gateway'],
    [['end', '--gateway', '--site', otherSite], 'give one of'],
    [['end', '--gateway'], 'give one of --user, --subject, --session and --all'],
    [['end', '--gateway', '--user', 'a', '--all'], 'give one of'],
    [['end', '--gateway', '--session', 'abc'], '8 characters'],
    [['end', '--subject', 'a'], '--subject is for a gateway'],
    [['list', '--subject', 'a'], '--subject is for a gateway'],
  ])('refuses %j', async (args, problem) => {
    const { run, enter, sessions } = await openStage()
    await enter('ada')
    const { exitCode, err } = await run(...args)
    expect(exitCode).toBe(2)
    expect(err).toContain(problem)
    expect(sessions.size).toBe(1)
  })

  it('says where no gateway is', async () => {
    const { run, folder, listening } = await openStage()
    await listening.close()
    const { exitCode, err } = await run('list', '--gateway')
    expect(exitCode).toBe(1)
    expect(err).toContain('cannot be asked: there is no such socket')
    await writeFile(join(folder, 'file'), '')
    expect((await run('list', '--socket', join(folder, 'file'))).err).toContain(
      'nobody listens there',
    )
  })
})

it('brings the bearer to an address, and says when it is wrong', async () => {
  const { createAdminClient } = await import('./admin-client.ts')
  const stage = await openAdminStage({ at: () => ({ bearer }) })
  await stage.enter('ada')
  const { signal } = new AbortController()
  const place = { host: '127.0.0.1', port: Number(new URL(stage.listening.at).port), isTls: false }
  const client = createAdminClient({ ...place, bearer }, signal)
  expect(await client.list({})).toMatchObject([{ hostSubject: 'ada' }])
  const wrong = createAdminClient({ ...place, bearer: 'c'.repeat(43) }, signal)
  await expect(wrong.end('/sessions', { all: 'yes' })).rejects.toMatchObject({
    code: 'ERR_CLI_GATEWAY',
    message: expect.stringContaining('answers 401'),
  })
  expect(stage.sessions.size).toBe(1)
})
