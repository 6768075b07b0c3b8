// Client-managed Qlik with two proxy nodes, and a gateway in front that has both. A node can be killed: where each node
// knows its own sessions, it is a process of its own; where they know each other's, the network to it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer as createTcpServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { clientManaged } from 'jotgate'
import { createKeyPair, readSigningKey } from 'jotgate/keys'
import { moviesAppId } from 'jotgate-emulator'
import { findFreePort } from './free-port.ts'
import { type FrontStage, startInFrontOf } from './gateway-stage.ts'
import { createServer } from './server-stage.ts'

const bin = fileURLToPath(
  new URL('../../packages/emulator/bin/jotgate-emulator.js', import.meta.url),
)

/** A proxy node as the gateway sees it. Nobody else gets its port when it is gone. */
export interface TestNode {
  readonly url: string
  /** Takes what comes, and answers nothing any more. */
  freeze(): void
  /** Its connections break, and nothing listens there. */
  kill(): Promise<void>
}

/** How the nodes know sessions: `own`, or also each other's. */
export type SessionsOfNodes = 'own' | 'shared'

/** The gateway with two nodes behind it. */
export interface NodeStage extends FrontStage {
  readonly nodes: readonly [TestNode, TestNode]
  readonly appId: string
  /** How many tokens were signed for Qlik. */
  signings(): number
}

export async function createNodeStage(sessionsOfNodes: SessionsOfNodes): Promise<NodeStage> {
  let signings = 0
  const { qlik, ...front } = await startInFrontOf({ names: 'localhost' }, async () => {
    const started = sessionsOfNodes === 'own' ? await startProcesses() : await startOneSite()
    const { nodes, key, close } = started
    const urls = nodes.map(({ url }) => url)
    const deployment = clientManaged({
      // What people call the site by; nothing listens there.
      url: 'http://sense.server.localhost:9',
      prefix: 'jwt',
      userDirectory: 'ACME',
      claims: { userId: 'userId', userDirectory: 'userDirectory', groups: 'group' },
    })
    const counted = {
      ...key,
      sign(bytes: Uint8Array<ArrayBuffer>) {
        signings += 1
        return key.sign(bytes)
      },
    }
    return { qlik: { nodes, close }, upstream: { deployment, key: counted, nodes: urls } }
  })
  return { ...front, nodes: qlik.nodes, appId: moviesAppId, signings: () => signings }
}

/** Two processes that know nothing of each other, but have the same virtual proxy. */
async function startProcesses() {
  const folder = await mkdtemp(join(tmpdir(), 'jotgate-nodes-'))
  const pair = await createKeyPair({})
  const certificate = join(folder, 'jwt.pem')
  await writeFile(certificate, pair.certificatePem)
  const key = await readSigningKey({ pem: pair.privateKeyPem })
  const [first, second] = await Promise.all([startProcess(certificate), startProcess(certificate)])
  return {
    key,
    nodes: [first, second] as const,
    async close() {
      await Promise.all([first.kill(), second.kill()])
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function startProcess(certificate: string): Promise<TestNode> {
  const port = await findFreePort()
  const options = ['--proxy-port', String(port), '--qrs-port', '0', '--qps-port', '0', '--json']
  const child = spawn(
    process.execPath,
    [bin, 'client-managed', ...options, '--virtual-proxy', `jwt=${certificate}`],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  )
  const ended = once(child, 'exit')
  for await (const _ of createInterface({ input: child.stdout })) break
  return {
    url: `http://localhost:${port}`,
    freeze: () => void child.kill('SIGSTOP'),
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** One site whose nodes know each other's sessions, each behind a network of its own. */
async function startOneSite() {
  const server = await createServer({ nodes: 2, switches: { sessionsOfNodes: 'shared' } })
  const { urls } = server.emulators.products['client-managed']
  const [first, second] = await Promise.all([
    startNetwork(Number(new URL(urls.proxy ?? '').port)),
    startNetwork(Number(new URL(urls.proxy2 ?? '').port)),
  ])
  return {
    key: server.key,
    nodes: [first, second] as const,
    async close() {
      await Promise.all([first.kill(), second.kill()])
      await server.close()
    },
  }
}

async function startNetwork(to: number): Promise<TestNode> {
  const port = await findFreePort()
  const sockets = new Set<Socket>()
  let isFrozen = false
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy()).once('close', () => sockets.delete(socket))
  }
  const server = createTcpServer((incoming) => {
    const outgoing = connect(to, '127.0.0.1')
    keep(incoming)
    keep(outgoing)
    incoming.pipe(outgoing)
    // While frozen, what Qlik answers stays here.
    outgoing.on('data', (chunk) => {
      if (!isFrozen) incoming.write(chunk)
    })
    incoming.once('close', () => outgoing.destroy())
    outgoing.once('close', () => incoming.destroy())
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://localhost:${port}`,
    freeze() {
      isFrozen = true
    },
    async kill() {
      if (!server.listening) return
      server.close()
      for (const socket of sockets) socket.destroy()
      await once(server, 'close')
    },
  }
}
