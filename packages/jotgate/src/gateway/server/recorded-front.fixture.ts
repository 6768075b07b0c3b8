import { request as ask } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { hopByHopHeaders } from '../../protocol/index.ts'
import { askForBody } from './ask-for-body.ts'
import { startByteRecorder } from './byte-recorder.fixture.ts'
import { startFront } from './front.fixture.ts'
import { sendRaw } from './raw-client.fixture.ts'

/**
 * The front with an upstream that keeps every byte: one connection for each request. What comes through is carried
 * as it is, but for what concerns one connection, so that the front alone must keep it unambiguous.
 */
export async function startRecordedFront() {
  const recorder = await startByteRecorder()
  const front = await startFront({
    limits: {
      headersTimeoutMs: 300,
      keepAliveMs: 100,
      slow: { bodyWindowMs: 300, minBytes: 2_400, answerWindowMs: 30_000 },
    },
    core: {
      async handle(request, response) {
        const { method, path, query, incoming } = request
        const headers = request.fields
          .filter(([name]) => !hopByHopHeaders.has(name) && !own.has(name))
          .flat()
        const outgoing = ask({
          host: '127.0.0.1',
          port: recorder.port,
          method,
          path: path + query,
          headers: ['host', `127.0.0.1:${recorder.port}`, ...headers],
          agent: false,
        })
        const answered = new Promise<void>((resolve, reject) => {
          outgoing.on('error', reject)
          outgoing.on('response', (answer) => {
            response.writeHead(answer.statusCode ?? 502)
            answer.resume().on('end', () => response.end('taken', () => resolve()))
          })
        })
        askForBody(request, response)
        await Promise.all([pipeline(incoming, outgoing), answered])
      },
    },
  })
  return {
    front,
    recorder,
    /** Sends all, a few hundred at a time; each resolves when the front has closed its connection. */
    async sendAll(inputs: readonly (string | Uint8Array)[]): Promise<string[]> {
      const answers: string[] = []
      let next = 0
      const work = async () => {
        while (next < inputs.length) {
          const at = next
          next += 1
          answers[at] = await sendRaw(front.port, inputs[at] ?? '')
        }
      }
      await Promise.all(Array.from({ length: 300 }, work))
      return answers
    },
    /** What upstream got in an ambiguous form. */
    problems: () =>
      recorder.connections
        .filter(({ problem }) => problem !== undefined)
        .map(({ problem, bytes }) => `${problem}: ${JSON.stringify(bytes.toString('latin1'))}`),
    async close() {
      await front.close()
      await recorder.close()
    },
  }
}

/** The connection's own, and those that Qlik never gets. */
const own: ReadonlySet<string> = new Set(['host', 'cookie', 'expect'])
