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
  /** How many log in before it counts, and while it does. */
  readonly first: number
  readonly counted: number
}

/** As many as wait at once for the signatures of the other benchmark. */
const atOnce = 32

async function logInAndAsk(config: LogInConfig, people: readonly Person[]): Promise<number[]> {
  const { place, path } = config
  const times: number[] = []
  const waiting = people.values()
  const clients = Array.from({ length: atOnce }, async () => {
    const connection = await openConnection(place.port)
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

answerQuestions(async (question) => {
  const config = question as unknown as LogInConfig
  const { place, application, first, counted } = config
  if (counted === 0) return {}
  const people = await createPeople(application, `http://${place.host}`, first + counted)
  await logInAndAsk(config, people.slice(0, first))
  const from = performance.now()
  const times = await logInAndAsk(config, people.slice(first))
  const perSecond = counted / ((performance.now() - from) / 1000)
  times.sort((a, b) => a - b)
  const load: Load = {
    perSecond,
    p99Ms: times[Math.floor(counted * 0.99)] ?? 0,
    count: first + counted,
  }
  return load
})
