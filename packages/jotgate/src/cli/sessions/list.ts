import type { CommandSpec } from '../command.ts'
import { cliErrors } from '../errors.ts'
import { inColumns } from '../layout.ts'
import { listKnown, toJson } from './known-sessions.ts'
import { readPlaces, siteOptions } from './site.ts'

/** `jotgate sessions list`. */
export const sessionsList: CommandSpec = {
  name: 'sessions list',
  summary: 'who is logged in to client-managed Qlik, at every node',
  description:
    'Asks the proxy API (QPS) of every node for the sessions of every virtual proxy. It takes client certificates alone.',
  options: siteOptions,
  examples: [
    'jotgate sessions list --deployment site',
    'jotgate sessions list --url https://sense.acme.example --ca-file root.pem \\\n      --client-certificate client.pem --client-key client_key.pem --json',
  ],
  notes:
    'A session is named by the first 8 characters of its ID: whoever has the whole ID is the user.\nWith --json: [{ user, session, prefix, node }]. Exit code 1 when a virtual proxy did not answer.',
  endsOnSignal: true,
  async run(call) {
    const places = await readPlaces(call)
    const { values, failed } = await listKnown(call, places)
    const rows = values.map(toJson)
    const table = inColumns([
      ['user', 'session', 'virtual proxy', 'node'],
      ...rows.map(({ user, session, prefix, node }) => [
        user,
        session,
        prefix || '(default)',
        node,
      ]),
    ])
    if (failed === 0) return { text: rows.length === 0 ? '' : table, json: rows }
    const isJson = call.values.isOn('json')
    await call.result.write(isJson ? `${JSON.stringify(rows)}\n` : table)
    await call.result.commit()
    throw cliErrors.ERR_CLI_PARTIAL({ failed, total: places.length, what: 'virtual proxies' })
  },
}
