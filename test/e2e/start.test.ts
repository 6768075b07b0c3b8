import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { requestAt } from '../../examples/portal/server/portal-under-test.ts'
import { findFreePort } from './free-port.ts'

const script = fileURLToPath(new URL('../../scripts/start.mjs', import.meta.url))
const running = new Set<ChildProcessWithoutNullStreams>()

afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
  running.clear()
})

/** Four ports, and the options that name them. */
async function freePorts() {
  const ports = new Set<number>()
  while (ports.size < 4) ports.add(await findFreePort())
  const [emulatorPort = 0, serverPort = 0, portalPort = 0, gatewayPort = 0] = ports
  const parts = {
    emulator: emulatorPort,
    server: serverPort,
    portal: portalPort,
    gateway: gatewayPort,
  }
  const flags = Object.entries(parts)
  const args = flags.flatMap(([part, port]) => [`--${part}-port`, String(port)])
  return { emulatorPort, serverPort, portalPort, gatewayPort, args }
}

function startWith(args: readonly string[]) {
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
  })
  running.add(child)
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8')
  child.stderr.setEncoding('utf8')
  const opened = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: string) => {
      stdout += chunk
      const address = /Open (http:\S+)\s/.exec(stdout)?.[1]
      if (address) resolve(address)
    })
    child.on('exit', () => reject(new Error(`npm start ended: ${stdout}\n${stderr}`)))
  })
  opened.catch(() => undefined)
  child.stderr.on('data', (chunk: string) => {
    stderr += chunk
  })
  // Not at its exit: what it wrote may still be on its way then.
  const exited = once(child, 'close').then(([code]) => ({
    code: code as number | null,
    stdout,
    stderr,
  }))
  return { child, opened, exited }
}

describe('npm start', () => {
  it('ends with the address, serves it, ends on Ctrl+C with everything, and starts again', async () => {
    const { emulatorPort, serverPort, portalPort, gatewayPort, args } = await freePorts()
    for (const round of [1, 2]) {
      const { child, opened, exited } = startWith(args)
      expect(await opened).toBe(`http://www.acme.localhost:${portalPort}`)
      // Browsers resolve that name. Node need not.
      const host = `www.acme.localhost:${portalPort}`
      const signIn = await requestAt(portalPort, { path: '/', headers: { host } })
      expect(signIn.status, `round ${round}`).toBe(200)
      const gatewayHost = `qlik.acme.localhost:${gatewayPort}`
      const atGateway = { path: '/.jotgate/session', headers: { host: gatewayHost } }
      expect((await requestAt(gatewayPort, atGateway)).status, `round ${round}`).toBe(401)
      const address = `http://localhost:${portalPort}`
      expect((await fetch(address)).status, `round ${round}`).toBe(200)
      const server = `http://localhost:${serverPort}`
      expect((await fetch(`${server}/jwt/hub/`)).status, `round ${round}`).toBe(401)
      child.kill('SIGINT')
      const { code, stdout, stderr } = await exited
      // With the key behind `#`, so that who opens it may change things at once.
      expect(stdout).toContain(`http://localhost:${emulatorPort}/_emulator#key=`)
      expect(stderr).toBe('')
      expect(code).toBe(0)
      for (const url of [
        address,
        `http://${gatewayHost}`,
        `http://sense.acme.localhost:${gatewayPort}`,
      ])
        expect(stdout).toContain(url)
      await expect(fetch(address)).rejects.toThrow()
      for (const port of [emulatorPort, serverPort, gatewayPort])
        await expect(fetch(`http://localhost:${port}/`)).rejects.toThrow()
    }
  })

  it.each(['emulator', 'server', 'portal', 'gateway'] as const)(
    'says in one line which port is taken and how to choose another: %s',
    async (part) => {
      const { args, ...ports } = await freePorts()
      const taken = createServer().listen(ports[`${part}Port`], '127.0.0.1')
      await once(taken, 'listening')
      const { exited } = startWith(args)
      const { code, stderr } = await exited
      taken.close()
      expect(code).toBe(1)
      expect(stderr.trim().split('\n')).toHaveLength(1)
      expect(stderr).toContain(`--${part}-port`)
    },
  )

  it('refuses an option that it does not know and says where those are that it does', async () => {
    const { code, stderr, stdout } = await startWith(['--prot', '1']).exited
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain("Unknown option '--prot'")
    expect(stderr).toContain('npm start -- --help')
  })
})
