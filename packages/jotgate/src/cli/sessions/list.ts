import type { CommandSpec, OptionSpec } from '../command.ts'
import { cliErrors } from '../errors.ts'
import { inColumns } from '../layout.ts'
import { findGateway, gatewayOptions, listAtGateway } from './gateway-sessions.ts'
import { listKnown, toJson } from './known-sessions.ts'
import { readPlaces, siteOptions } from './site.ts'

const filterOptions: readonly OptionSpec[] = [
  {
    flags: '--user <name>',
    description: 'at a gateway: those of one user, as the host application names them',
    onlyFlag: true,
  },
]

/** `jotgate sessions list`. */
export const sessionsList: CommandSpec = {
  name: 'sessions list',
  summary: 'who is logged in at a gateway, or to client-managed Qlik',
  description:
    'Asks the proxy API (QPS) of every node for the sessions of every virtual proxy. It takes client certificates alone. With --gateway or --socket, it asks a gateway that runs for its sessions, of either product.',
  options: [...gatewayOptions, ...filterOptions, ...siteOptions],
  examples: [
    'jotgate sessions list --gateway --user ada --deployment blue',
    'jotgate sessions list --deployment site',
    'jotgate sessions list --url https://sense.acme.example --ca-file root.pem \\\n      --client-certificate client.pem --client-key client_key.pem --json',
  ],
  notes:
    'At a gateway with several, --deployment is one of its deployments.\nA session is named by the first 8 characters of its ID: whoever has the whole ID is the user.\nWith --json: [{ user, session, prefix, node }]. Exit code 1 when a virtual proxy did not answer.\nOf a gateway, with --json: [{ id, holder, hostSubject, subject, deployment, site, openedAt, lastUsedAt, endsAt, sockets, qlik }].',
  endsOnSignal: true,
  async run(call) {
    const gateway = await findGateway(call)
    if (gateway !== undefined) return listAtGateway(call, gateway)
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
