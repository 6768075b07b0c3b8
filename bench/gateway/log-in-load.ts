// Many people log in at once, each with an assertion and a first request, which opens their Qlik session.
import { openConnection } from './http-connection.ts'
import {
  createPeople,
  expectOk,
  type GatewayPlace,
  type HostApplication,
  logIn,
  type Person,
  toRequest,
} from './people.ts'
import { answerQuestions } from './processes.ts'
import type { Load } from './wrk.ts'

/** What this program is told. */
export interface LogInConfig {
  readonly place: GatewayPlace
  readonly application: HostApplication
  readonly path: string
  /** How many log in, of those that were prepared. */
  readonly count: number
}

/** As many as wait at once for the signatures of the other benchmark. */
const atOnce = 32

async function logInAndAsk(config: LogInConfig, people: readonly Person[]): Promise<number[]> {
  const { place, path } = config
  const times: number[] = []
  const waiting = people.values()
  const clients = Array.from({ length: atOnce }, async () => {
    const connection = await openConnection(place)
    for (const person of waiting) {
      const startedAt = performance.now()
      const cookie = await logIn(connection, place, person)
      await expectOk(connection, toRequest(path, place, cookie, person.address))
      times.push(performance.now() - startedAt)
    }
    connection.close()
  })
  await Promise.all(clients)
  return times
}

let people: readonly Person[] = []
/** Somebody who comes again would share a Qlik session, where the product lets people do that. */
let before = 0

answerQuestions(async (question) => {
  const config = question as unknown as LogInConfig
  const { place, application, count } = config
  if (typeof question.prepare === 'number') {
    people = await createPeople(application, place, question.prepare, before)
    before += people.length
  } else if (count > 0) {
    const from = performance.now()
    const times = await logInAndAsk(config, people)
    const perSecond = count / ((performance.now() - from) / 1000)
    times.sort((a, b) => a - b)
    const p99Ms = times[Math.floor(count * 0.99)] ?? 0
    return { perSecond, p99Ms, count } satisfies Load
  }
  return {}
})
