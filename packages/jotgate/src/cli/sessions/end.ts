import type { Call, CommandSpec } from '../command.ts'
import { cliErrors } from '../errors.ts'
import { confirmEnding } from './confirm-ending.ts'
import { endAtGateway, findGateway, gatewayOptions } from './gateway-sessions.ts'
import {
  askEach,
  type KnownSession,
  listKnown,
  nameOfPlace,
  shownId,
  toJson,
  userOf,
} from './known-sessions.ts'
import { type Place, parseUser, readPlaces, siteOptions } from './site.ts'

/** `jotgate sessions end`. */
export const sessionsEnd: CommandSpec = {
  name: 'sessions end',
  summary: 'ends sessions at a gateway, or of client-managed Qlik',
  description:
    'Ends sessions by the proxy API (QPS) of every node, for every virtual proxy, and closes their web sockets. With --gateway or --socket, it ends sessions of a gateway that runs, of either product: requests and web sockets stop at once. Whoever is still logged in to the host application, or has a token that is still valid, can open a session again.',
  options: [
    ...gatewayOptions,
    {
      flags: '--user <name>',
      description:
        "all sessions of one user, such as 'ACME\\ada'; at a gateway as the host application names them",
      onlyFlag: true,
    },
    {
      flags: '--session <id>',
      description: 'one session, by the first 8 characters or more of its ID',
      onlyFlag: true,
    },
    { flags: '--all', description: 'every session of the site or of the gateway', onlyFlag: true },
    { flags: '--yes', description: 'do not ask before several sessions are ended', onlyFlag: true },
    ...siteOptions,
  ],
  examples: [
    'jotgate sessions end --gateway --user ada',
    "jotgate sessions end --deployment site --user 'ACME\\ada'",
    'jotgate sessions end --deployment site --all --yes --json',
  ],
  notes:
    'One of --user, --session and --all is needed, or at a gateway --subject. There, --deployment and --site narrow\nwhat is meant. More than one session is ended after a question, or with --yes.\nWith --json: { ended: [{ user, session, prefix, node }] }. Exit code 1 when one could not be ended, or a virtual\nproxy did not answer; all others have ended then.\nOf a gateway, with --json: { sessions, sockets }, how many were ended and closed.',
  endsOnSignal: true,
  async run(call) {
    const gateway = await findGateway(call)
    if (gateway !== undefined) return endAtGateway(call, gateway)
    const isMeant = readChoice(call)
    const places = await readPlaces(call)
    const known = await listKnown(call, places)
    const meant = known.values.filter(isMeant)
    await confirm(call, meant)
    const { values: ended, failed } = await askEach(call, meant, {
      work: 'sessions ended',
      nameOf: ({ session, place }) => `session ${shownId(session)} at ${nameOfPlace(place)}`,
      async ask(one) {
        // One that has ended by itself meanwhile is not an error.
        await one.place.api.endSession(one.place.prefix, one.session.sessionId)
        return [one]
      },
    })
    const rows = ended.map(toJson)
    const text = summaryOf(ended, places)
    if (failed + known.failed === 0) return { text, json: { ended: rows } }
    await call.result.write(
      call.values.isOn('json') ? `${JSON.stringify({ ended: rows })}\n` : text,
    )
    await call.result.commit()
    throw failed > 0
      ? cliErrors.ERR_CLI_PARTIAL({ failed, total: meant.length, what: 'sessions' })
      : cliErrors.ERR_CLI_PARTIAL({
          failed: known.failed,
          total: places.length,
          what: 'virtual proxies',
        })
  },
}

/** Which sessions the line means. */
function readChoice(call: Call): (one: KnownSession) => boolean {
  const user = call.values.text('user')
  const id = call.values.text('session')
  const all = call.values.isOn('all')
  const given = [user !== undefined, id !== undefined, all].filter(Boolean).length
  if (given !== 1) throw call.refuse('give one of --user, --session and --all')
  if (user !== undefined) {
    const { directory, id: userId } = parseUser(call, user, '--user')
    const name = `${directory}\\${userId}`.toLowerCase()
    return ({ session }) => userOf(session).toLowerCase() === name
  }
  if (id === undefined) return () => true
  if (!/^[\w-]{8,64}$/.test(id))
    throw call.refuse('--session must be 8 characters of an ID or more')
  return ({ session }) => session.sessionId.startsWith(id)
}

async function confirm(call: Call, meant: readonly KnownSession[]): Promise<void> {
  const users = new Set(meant.map(({ session }) => userOf(session).toLowerCase())).size
  await confirmEnding(call, meant.length, users)
}

function summaryOf(ended: readonly KnownSession[], places: readonly Place[]): string {
  const at = `${places.length} virtual prox${places.length === 1 ? 'y' : 'ies'}`
  return `${ended.length} session${ended.length === 1 ? '' : 's'} ended, at ${at} asked\n`
}
