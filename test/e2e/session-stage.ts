import { cloud } from 'jotgate'
import { createAdministration } from 'jotgate/qlik'
import { createEmulator, type Emulator } from 'jotgate-emulator'
import type { Ended } from './command.ts'
import { ada, createCommandWithKey, issuer, signing } from './command-for-ada.ts'

/** The command, and a tenant that trusts its key. */
export interface SessionStage {
  command: Awaited<ReturnType<typeof createCommandWithKey>>
  emulator: Emulator
  url: string
  /** Options that say who asks where: Ada, at the tenant. */
  who: readonly string[]
  /** A call of the tenant's REST by its administrator. */
  asAdmin(method: string, path: string, body?: unknown): Promise<Response>
  /** `jotgate request … ` as Ada. */
  request(
    words: readonly string[],
    options?: { stdin?: string; env?: Record<string, string>; url?: string },
  ): Promise<Ended>
  close(): Promise<void>
}

export async function createSessionStage(): Promise<SessionStage> {
  const command = await createCommandWithKey()
  const emulator = await createEmulator({ port: 0 })
  const url = `http://localhost:${emulator.port}`
  const deployment = cloud({ url, issuer })
  const { adminKey: apiKey } = emulator
  await createAdministration({ deployment, apiKey }).createIdentityProvider({
    issuer,
    kid: 'acme-1',
    certificateLine: command.certificate.trim().replaceAll(/\r?\n/g, ''),
  })
  const who = [...signing, ...ada, '--url', url]
  return {
    command,
    emulator,
    url,
    who,
    asAdmin: (method, path, body) =>
      fetch(new URL(path, url), {
        method,
        headers: {
          authorization: `Bearer ${emulator.adminKey}`,
          'content-type': 'application/json',
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    request: (words, options = {}) =>
      command.run(['request', ...words, ...signing, ...ada, '--url', options.url ?? url], options),
    close: async () => {
      await emulator.close()
      await command.close()
    },
  }
}
