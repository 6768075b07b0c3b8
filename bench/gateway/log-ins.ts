// Assertion → gateway session → Qlik session → first answer.
import { opensslSpeed } from '../signing/openssl.ts'
import { type Candidate, startTogether, used } from './contender.ts'
import { filesOf, paths } from './forwarding.ts'
import type { LogInConfig } from './log-in-load.ts'
import { startQlikFiles } from './nginx.ts'
import { startProgram } from './processes.ts'
import { type GatewayKind, startGateway } from './stage.ts'
import type { Load } from './wrk.ts'

/** How many log in before it counts. */
const first = 1500

/** About as many as log in in a second. */
const perSecond = 700

export const logIns = (kind: GatewayKind): Candidate => ({
  name: 'jotgate',
  start: (stage) =>
    startTogether(async (use) => {
      const qlik = use(await startQlikFiles(stage.folder, filesOf))
      const gateway = use(await startGateway(stage, qlik.port, kind))
      const { place } = gateway
      const { application } = stage
      const path = kind.product === 'client-managed' ? paths.managedSmall : paths.small
      const config: LogInConfig = { place, application, path, count: 0 }
      const clients = use(await startProgram('log-in-load', config))
      const load = async (count: number) => {
        await clients.ask({ ...config, prepare: count })
        return () => clients.ask<Load>({ ...config, count })
      }
      return {
        warmUp: async () => (await load(first))(),
        measure: async (seconds) => used(gateway, await load(perSecond * seconds)),
      }
    }),
})

export const openssl = (bits: number): Candidate => ({
  name: 'openssl, two processes',
  start: async () => ({
    warmUp: async () => undefined,
    measure: async (seconds) => ({
      perSecond: opensslSpeed({ bits, processes: 2, seconds }).sign,
    }),
    stop: async () => undefined,
  }),
})
