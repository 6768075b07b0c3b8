import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** Something in a process of its own. */
export interface Running {
  /** What it uses of the machine's memory now, in MB. */
  memoryMB(): number
  /** The processor time that it has used, in milliseconds; all of its threads, in steps of 10. */
  processorMs(): number
  /** Resolves when it has ended, so that its processor time counts as this program's. */
  stop(): Promise<void>
}

export interface RunningServer extends Running {
  readonly port: number
}

/** A program of this folder that answers questions. */
export interface RunningProgram extends Running {
  ask<Answer>(question: object): Promise<Answer>
}

/** Starts a program of this folder with what it needs to know. It says that it is ready by answering. */
export async function startProgram(name: string, config: object): Promise<RunningProgram> {
  const child = fork(fileURLToPath(new URL(`${name}.ts`, import.meta.url)), {
    execArgv: ['--conditions=jotgate-source', '--expose-gc'],
  })
  const program: RunningProgram = {
    async ask<Answer>(question: object) {
      child.send(question)
      return (await answerOf(child, name)) as Answer
    },
    ...usageOf(child, name),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
  await program.ask(config)
  return program
}

async function answerOf(child: ChildProcess, name: string): Promise<unknown> {
  const ended = new AbortController()
  const onExit = () => ended.abort()
  child.once('exit', onExit)
  try {
    const [answer] = await once(child, 'message', { signal: ended.signal })
    return answer
  } catch {
    throw new Error(`${name} has ended ${howOf(child)}`)
  } finally {
    child.off('exit', onExit)
  }
}

/** Starts nginx, or whatever listens without saying so. */
export async function startListener(
  command: string,
  args: readonly string[],
  port: number,
): Promise<RunningServer> {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  const ended = once(child, 'close')
  for (let tries = 0; !(await accepts(port)); tries += 1) {
    if (child.exitCode !== null || tries > 100) throw new Error(`${command} did not start`)
    await wait(20)
  }
  return {
    port,
    ...usageOf(child, command),
    async stop() {
      child.kill()
      await ended
    },
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    }).on('error', () => resolve(false))
  })
}

/** Those that have not ended: their processor time does not count as this program's yet. */
const living = new Map<ChildProcess, Running['processorMs']>()

/** The processor time of all that are running, in milliseconds. */
export function livingProcessorMs(): number {
  let sum = 0
  for (const [child, processorMs] of living)
    if (child.exitCode === null && child.signalCode === null) sum += processorMs()
  return sum
}

/** As Linux tells it. */
function usageOf(child: ChildProcess, name: string): Pick<Running, 'memoryMB' | 'processorMs'> {
  const read = (file: string) => {
    try {
      return readFileSync(`/proc/${child.pid}/${file}`, 'utf8')
    } catch {
      throw new Error(`${name} has ended ${howOf(child)}`)
    }
  }
  const usage: Pick<Running, 'memoryMB' | 'processorMs'> = {
    memoryMB() {
      const [, kB] = /^VmRSS:\s+(\d+)/m.exec(read('status')) ?? []
      return Number(kB) / 1000
    },
    processorMs() {
      // utime and stime, behind the name in parentheses.
      const fields = read('stat').split(') ')[1]?.split(' ') ?? []
      return (Number(fields[11]) + Number(fields[12])) * 10
    },
  }
  living.set(child, usage.processorMs)
  child.once('exit', () => living.delete(child))
  return usage
}

const howOf = ({ exitCode, signalCode }: ChildProcess) =>
  signalCode === null ? `with ${exitCode}` : `by ${signalCode}`

/** One that nobody uses now. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('There is no free port')
  return address.port
}

/** For a program of this folder: answers each question, and ends when nobody asks any more. */
export function answerQuestions(answer: (question: Record<string, unknown>) => Promise<object>) {
  process.on('message', (question) => {
    answer(question as Record<string, unknown>).then(
      (found) => process.send?.(found),
      (error) => {
        console.error(error)
        process.exit(1)
      },
    )
  })
  process.on('disconnect', () => process.exit())
}
