import { callRepository, type RepositoryOptions, type RestMethod } from '../../qlik/index.ts'
import type { Call, Outcome } from '../command.ts'
import { readRepositoryOptions, readServiceSettings } from '../sessions/site.ts'
import type { RequestBody } from './request-body.ts'

/** By which way the repository is called with a client certificate; undefined when the line asks for another call. */
export async function repositoryByCertificate(call: Call): Promise<RepositoryOptions | undefined> {
  if (!call.values.isOn('qrs') || call.values.source('sessionFile') !== undefined) return undefined
  const settings = await readServiceSettings(call)
  if (settings.clientCertificate?.file === undefined) return undefined
  return readRepositoryOptions(call, settings)
}

/** One call of the repository at its own port. */
export async function callWithCertificate(
  call: Call,
  options: RepositoryOptions,
  request: {
    method: RestMethod
    path: string
    headers: Readonly<Record<string, string>>
    body: RequestBody | undefined
  },
): Promise<Outcome> {
  const { method, path, headers, body } = request
  if (Object.keys(headers).length > 0)
    throw call.refuse('--header is not for --qrs with a certificate')
  if (call.values.isOn('allPages')) throw call.refuse('--all-pages is not for --qrs')
  if (method === 'HEAD') throw call.refuse('HEAD is not for --qrs with a certificate')
  const sent = body === undefined ? {} : { body: JSON.parse(new TextDecoder().decode(body.bytes)) }
  const { pathname, searchParams } = new URL(path, 'https://qlik.invalid')
  const query = Object.fromEntries(searchParams)
  const answer = await callRepository(options, { method, path: pathname, query, ...sent })
  const value = answer === undefined ? '' : `${JSON.stringify(answer)}\n`
  return { text: value, json: { body: answer ?? null } }
}
