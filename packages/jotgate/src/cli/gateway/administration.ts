import { X509Certificate } from 'node:crypto'
import type { GatewaySettings } from '../../config/index.ts'
import { isJotgateError } from '../../errors/index.ts'
import type { AdminTls, Gateway, SqliteStore } from '../../gateway/index.ts'
import type { Call } from '../command.ts'
import { readTextFile } from '../read-input.ts'
import type { KeyInFiles } from '../signing.ts'

type AdminSettings = GatewaySettings['admin']
type Address = NonNullable<AdminSettings['address']>

/** Opens the administration where the settings say: at a socket, at an address, or at both. */
export async function openAdministration(
  call: Call,
  gateway: Gateway,
  { socket, isSocketNamed, address }: AdminSettings,
): Promise<void> {
  if (socket !== undefined)
    try {
      const { at } = await gateway.listenAdmin({ socket })
      call.note(`Its administration is at ${at}`)
    } catch (error) {
      // A folder that nobody chose for a socket must not keep the gateway from people.
      if (isSocketNamed || !isJotgateError(error, 'ERR_GATEWAY_ADMIN_LISTEN')) throw error
      call.note(`warning: there is no administration: ${error.message}. Set gateway.admin.socket`)
    }
  if (address !== undefined) await openAddress(call, gateway, address)
}

async function openAddress(call: Call, gateway: Gateway, address: Address): Promise<void> {
  const { host, port, bearerFile, tls } = address
  const { readAdminBearer } = await import('../../gateway/index.ts')
  const listener = await gateway.listenAdmin({
    host,
    port,
    bearer: await readAdminBearer(bearerFile),
    ...(tls && { tls: await readAdminTls(tls) }),
  })
  call.note(`Its administration is at ${listener.at}`)
  await gateway.reloadOnChange({
    name: 'administration bearer',
    files: [bearerFile],
    async load() {
      listener.setBearer(await readAdminBearer(bearerFile))
      return undefined
    },
  })
  if (tls === undefined) return
  await gateway.reloadOnChange({
    name: 'administration certificate',
    files: [tls.certificateFile, tls.keyFile],
    async load() {
      const pair = await readAdminTls(tls)
      listener.setTls(pair)
      return { expiresAt: Date.parse(new X509Certificate(pair.certificate).validTo) }
    },
  })
}

/** Reads the certificate of the address, and the key that belongs to it. */
export async function readAdminTls(tls: NonNullable<Address['tls']>): Promise<AdminTls> {
  const [certificate, key] = await Promise.all(
    [tls.certificateFile, tls.keyFile].map((file) => readTextFile(file)),
  )
  return { certificate: certificate ?? '', key: key ?? '' }
}

/** Reads the key ring of the store again whenever it has changed. */
export async function reloadKeyRing(
  gateway: Gateway,
  store: SqliteStore,
  file: string,
): Promise<void> {
  const { readKeyRing } = await import('../../gateway/index.ts')
  await gateway.reloadOnChange({
    name: 'key ring of the store',
    files: [file],
    async load() {
      await store.useKeys(await readKeyRing({ file }))
      return undefined
    },
  })
}

/** Reads a signing key again whenever its files change. @param upstream whose it is, where there are several */
export async function reloadSigningKey(
  call: Call,
  gateway: Gateway,
  key: KeyInFiles,
  upstream: string | undefined,
): Promise<void> {
  const whose = upstream === undefined ? '' : ` of ${upstream}`
  await gateway.reloadOnChange({
    name: `signing key${whose}`,
    files: key.files,
    async load() {
      const read = await key.read()
      if (read === undefined)
        call.note(
          `The signing key${whose} is not read again: its passphrase was typed, and is not kept`,
        )
      else gateway.setSigningKey(read, upstream)
      return undefined
    },
  })
}
