import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { createEmulator } from './emulator.ts'

const bin = fileURLToPath(new URL('../../bin/jotgate-emulator.js', import.meta.url))
const children: ChildProcess[] = []
const folders: string[] = []
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function run(args: readonly string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
  return { status, stdout, stderr }
}

/** Starts the command and waits for its result on standard output. */
async function start(args: readonly string[], env: Record<string, string> = {}, lineCount = 1) {
  const child = spawn(process.execPath, [bin, ...args], { env: { ...process.env, ...env } })
  children.push(child)
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line)
    if (lines.length === lineCount) break
  }
  child.stdout.resume()
  return { child, lines, stderr: () => stderr }
}

/** Asks it to end, and waits until all is read that it wrote. */
async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const closed = once(child, 'close')
  child.kill(signal)
  const [code] = await closed
  return code as number | null
}

function tableFile(name: string, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'jotgate-emulator-'))
  folders.push(folder)
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

describe('jotgate-emulator cloud', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'says on standard error what it is, and on standard output where; %s ends it with 0',
    async (signal) => {
      const { child, lines, stderr } = await start(['cloud', '--port', '0'], {}, 2)
      expect(lines[0]).toMatch(/^url http:\/\/localhost:\d+$/)
      expect(lines[1]).toMatch(/^admin-key [\w-]{32}$/)
      const url = (lines[0] ?? '').slice('url '.length)
      const key = (lines[1] ?? '').slice('admin-key '.length)
      expect((await fetch(`${url}/_emulator`)).status).toBe(200)
      expect(await stop(child, signal)).toBe(0)
      expect(stderr()).toContain('This is never Qlik')
      expect(stderr()).toContain(`Console:  ${url}/_emulator#key=${key}\n`)
    },
  )

  it('prints one line of JSON for a program', async () => {
    const args = ['cloud', '--port=0', '--admin-key=abcdef', '--json']
    const { child, lines, stderr } = await start(args)
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      url: expect.stringMatching(/^http:\/\/localhost:\d+$/),
      adminKey: 'abcdef',
    })
    expect(await stop(child, 'SIGTERM')).toBe(0)
    expect(stderr()).toContain('This is never Qlik')
    expect(stderr()).not.toContain('abcdef')
  })

  it('takes port and key from the environment, and switches and data from options', async () => {
    const file = tableFile('sales.csv', 'region,amount\nNorth,1\nSouth,2\n')
    const { child, lines } = await start(
      [
        'cloud',
        '--json',
        '--data',
        file,
        '--switch',
        'usersMeStatus=200',
        '--switch',
        'preflight=any-origin',
      ],
      { JOTGATE_EMULATOR_PORT: '0', JOTGATE_EMULATOR_ADMIN_KEY: 'from-environment' },
    )
    const { url, adminKey } = JSON.parse(lines[0] ?? '')
    expect(adminKey).toBe('from-environment')
    const about = (await (await fetch(`${url}/_emulator`)).json()) as { apps: unknown }
    expect(about.apps).toEqual([{ id: 'sales', name: 'sales' }])
    const switches = await (await fetch(`${url}/_emulator/api/switches`)).json()
    expect(switches).toMatchObject({ usersMeStatus: 200, preflight: 'any-origin' })
    expect(await stop(child, 'SIGINT')).toBe(0)
  })

  it('says in one line that its port is taken: exit 1', async () => {
    const other = await createEmulator()
    const { status, stdout, stderr } = run(['cloud', '--port', String(other.port)])
    await other.close()
    expect(status).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toMatch(
      /^error\[ERR_EMULATOR_PORT\]: Port \d+ cannot be used: another program uses it\nhint: .+\n$/,
    )
  })

  it.each([
    [['clod'], 'Did you mean cloud?'],
    [['cloud', '--prot', '1'], 'Did you mean --port?'],
    [['cloud', '--port', '70000'], 'from 0 to 65535'],
    [['cloud', '--port', 'x'], 'from 0 to 65535'],
    [['cloud', '--switch', 'usersMeStatis=200'], 'Did you mean usersMeStatus?'],
    [['cloud', '--switch', 'usersMeStatus=302'], 'It takes 301, 200.'],
    [['cloud', 'extra'], 'Did you mean cloud?'],
    [['cloud', 'cloud'], 'named twice'],
    [['client-managed', '--port', '0'], '--port is for cloud'],
    [['cloud', '--proxy-port', '0'], '--proxy-port is for client-managed'],
    [[], 'Usage:'],
  ])('wrong use %j: exit 2 with a suggestion', (args, words) => {
    const { status, stdout, stderr } = run(args)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain(words)
  })

  it.runIf(process.platform === 'linux')(
    'says in one line that its output has no space: exit 1',
    () => {
      const full = openSync('/dev/full', 'w')
      const args = [bin, 'cloud', '--port=0']
      const { status, stderr } = spawnSync(process.execPath, args, {
        encoding: 'utf8',
        stdio: ['ignore', full, 'pipe'],
      })
      closeSync(full)
      expect(status).toBe(1)
      expect(stderr).toMatch(/^error\[ERR_EMULATOR_OUTPUT\]: .+ENOSPC.*\nhint: .+\n$/m)
      expect(stderr).not.toContain('    at ')
    },
  )

  it('goes on when the reader of its address has gone, and when nobody can be told what it is', async () => {
    const key = 'local-only'
    const args = [bin, 'cloud', '--port=0', `--admin-key=${key}`]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    children.push(child)
    child.stderr.destroy()
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
    child.stdout.destroy()
    const url = line.slice('url '.length)
    const answer = await fetch(`${url}/_emulator/api/switches`)
    expect(answer.status).toBe(200)
    expect(await stop(child, 'SIGTERM')).toBe(0)
  })

  it('names the file that it cannot read: exit 1', () => {
    for (const option of ['--data', '--section-access']) {
      const { status, stderr } = run(['cloud', '--port=0', option, 'nowhere.csv'])
      expect(status).toBe(1)
      expect(stderr).toContain('nowhere.csv')
      expect(stderr).not.toContain('    at ')
    }
  })

  it('names data that is not a regular file, or has no end: exit 1', () => {
    const folder = mkdtempSync(join(tmpdir(), 'jotgate-emulator-'))
    folders.push(folder)
    const pipe = join(folder, 'pipe.csv')
    spawnSync('mkfifo', [pipe])
    symlinkSync('/dev/zero', join(folder, 'zero.csv'))
    mkdirSync(join(folder, 'folder.csv'))
    const files = [pipe, join(folder, 'zero.csv'), join(folder, 'folder.csv')]
    for (const option of ['--data', '--section-access', '--state'])
      for (const file of files) {
        const { status, stderr } = run(['cloud', '--port=0', option, file])
        expect({ status, stderr }).toMatchObject({
          status: 1,
          stderr: expect.stringMatching(
            /^error\[ERR_EMULATOR_DATA\]: .+it is (a folder|not a reg)/,
          ),
        })
      }
  })

  describe('the state of the tenant', () => {
    const setUp = async ({ url, adminKey }: { url: string; adminKey: string }) => {
      const headers = { authorization: `Bearer ${adminKey}` }
      const body = JSON.stringify({ name: 'shop', validOrigins: ['https://shop.example'] })
      await fetch(`${url}/api/v1/web-integrations`, { method: 'POST', headers, body })
      const answer = await fetch(`${url}/_emulator/api/cloud/state`, { headers })
      return (await answer.json()) as { webIntegrations: unknown[] }
    }

    it('is written at the end, for its owner alone, and is what the next start begins with', async () => {
      const file = tableFile('state.json', '')
      rmSync(file)
      const save = ['cloud', '--port=0', '--json', '--save-state', file]
      const first = await start(save)
      const state = await setUp(JSON.parse(first.lines[0] ?? ''))
      expect(existsSync(file)).toBe(false)
      expect(await stop(first.child, 'SIGINT')).toBe(0)
      expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(state)
      expect(statSync(file).mode & 0o777).toBe(0o600)

      const second = await start([...save, '--state', file])
      const more = await setUp(JSON.parse(second.lines[0] ?? ''))
      expect(more.webIntegrations).toHaveLength(2)
      expect(await stop(second.child, 'SIGTERM')).toBe(0)
      expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(more)
      expect(readdirSync(dirname(file))).toEqual(['state.json'])
    })

    it.each([
      ['--state', '{', 'is not JSON'],
      ['--state', '{}', 'it is not a tenant’s state'],
      ['--save-state', 'precious', 'it is there and is not a state'],
      ['--save-state', '{}', 'it is there and is not a state'],
    ])('%s of a file with %j: exit 1 before anything starts', (option, text, words) => {
      const file = tableFile('state.json', text)
      const { status, stdout, stderr } = run(['cloud', '--port=0', option, file])
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
      expect(stderr).toContain(words)
      expect(readFileSync(file, 'utf8')).toBe(text)
    })

    it('cannot be saved where there is no folder: exit 1 before anything starts', () => {
      const file = join(tableFile('state.json', ''), 'below.json')
      const { status, stdout, stderr } = run(['cloud', '--port=0', '--save-state', file])
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
      expect(stderr).toMatch(/^error\[ERR_EMULATOR_FILE\]: .+\nhint: .+\n$/)
    })
  })

  it('refuses two files that would become one app', () => {
    const files = [tableFile('a.csv', 'x\n1\n'), tableFile('a.csv', 'x\n2\n')]
    const { status, stderr } = run([
      'cloud',
      '--port=0',
      ...files.flatMap((file) => ['--data', file]),
    ])
    expect(status).toBe(1)
    expect(stderr).toContain('rename one of the two')
  })

  it('tells an old Node what it needs: exit 1', () => {
    const pretend =
      "data:text/javascript,Object.defineProperty(process,'versions',{value:{node:'22.18.0'}})"
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', pretend, bin, 'cloud'],
      { encoding: 'utf8' },
    )
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toBe('jotgate-emulator needs Node 22.19 or newer; this is 22.18.0.\n')
  })

  it('helps in 100 columns, with examples', () => {
    for (const args of [['--help'], ['cloud', '--help']]) {
      const { status, stdout } = run(args)
      expect(status).toBe(0)
      expect(stdout.match(/^ {2}\$ jotgate-emulator /gm)).toHaveLength(3)
      expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100)
    }
  })
})

describe('the certificates for QRS and QPS', () => {
  const ports = ['--proxy-port', '0', '--qrs-port', '0', '--qps-port', '0']

  it('are written once, stay good when it starts again, and are refused for a product without QRS', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'jotgate-emulator-'))
    folders.push(folder)
    const certificates = join(folder, 'certificates')
    const keys = ['--tls-folder', join(folder, 'keys'), '--certificates', certificates, '--json']
    const args = ['client-managed', ...ports, ...keys]
    const first = await start(args)
    const report = JSON.parse(first.lines[0] ?? '')
    expect(report).toMatchObject({
      certificates,
      urls: { 'client-managed.qrs': expect.stringMatching(/^https:/) },
    })
    expect(statSync(join(certificates, 'client_key.pem')).mode & 0o777).toBe(0o600)
    const written = readFileSync(join(certificates, 'client.pem'), 'utf8')
    await stop(first.child, 'SIGTERM')
    const second = await start(args)
    expect(readFileSync(join(certificates, 'client.pem'), 'utf8')).toBe(written)
    await stop(second.child, 'SIGTERM')
    const { status, stderr } = run(['cloud', '--port', '0', '--certificates', certificates])
    expect(status).toBe(1)
    expect(stderr).toContain('ERR_EMULATOR_CERTIFICATES')
  })

  it.runIf(process.platform === 'linux').each(['--certificates', '--tls-folder'])(
    'are refused at once by %s of a folder that the system does not make',
    (option) => {
      const args = [bin, 'client-managed', ...ports, option, '/proc/nowhere']
      const { status, stderr } = spawnSync(process.execPath, args, {
        encoding: 'utf8',
        timeout: 20_000,
        killSignal: 'SIGKILL',
      })
      expect({ status, stderr }).toEqual({
        status: 1,
        stderr: expect.stringMatching(/\/proc\/nowhere.*ENOENT/),
      })
    },
  )
})
