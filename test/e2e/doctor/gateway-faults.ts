// Each breaks a healthy gateway in the files of its operator, in the server in front of it, or in its settings.
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { GatewayContext } from 'jotgate/doctor'
import { createKeyPair } from 'jotgate/keys'
import { findFreePort } from '../free-port.ts'
import type { DeploymentFault } from './fault.ts'
import type { GatewayDoctorStage } from './gateway-doctor-stage.ts'

/** A fault of a gateway: breaking it may give settings that are told otherwise. */
export interface GatewayFault extends DeploymentFault<GatewayDoctorStage> {
  breakIt(
    stage: GatewayDoctorStage,
  ): Promise<Partial<GatewayContext> | undefined> | Partial<GatewayContext> | undefined
}

export const gatewayFaults: readonly GatewayFault[] = [
  {
    what: 'a page of another registrable domain is allowed',
    check: 'gateway-site',
    says: /browsers would block the gateway’s cookie as a third party’s/,
    mending: /./,
    breakIt: () => ({
      sites: [
        { publicUrl: 'https://qlik.acme.example', allowedOrigins: ['https://www.other.example'] },
      ],
    }),
  },
  {
    what: 'two sites differ by their port alone',
    check: 'gateway-site',
    says: /Two sites have the host name qlik\.acme\.example/,
    mending: /a host name of its own/,
    breakIt: () => ({
      sites: [
        { publicUrl: 'https://qlik.acme.example', allowedOrigins: [] },
        { publicUrl: 'https://qlik.acme.example:8443', allowedOrigins: [] },
      ],
    }),
  },
  {
    what: 'a preset of client-managed Qlik is named for a tenant',
    check: 'gateway-allow-list',
    says: /paths\.presets\[0\] must be embed, single or client/,
    mending: /./,
    breakIt: ({ healthy: { deployments } }) => ({
      deployments: deployments.map((one) => ({ ...one, paths: { presets: ['hub'] } })),
    }),
  },
  {
    what: 'unlisted paths are still carried and reported',
    check: 'gateway-allow-list',
    says: /carries every path/,
    mending: /set `paths\.unlisted` to `deny`/,
    breakIt: ({ healthy: { deployments } }) => ({
      deployments: deployments.map((one) => ({ ...one, paths: { unlisted: 'report' } })),
    }),
  },
  {
    what: 'the certificate of the gateway is for another name',
    check: 'gateway-tls',
    says: /qlik\.acme\.example/,
    mending: /./,
    async breakIt({ folder }) {
      const { privateKeyPem, certificatePem } = await createKeyPair({ bits: 2048 })
      const files = { certificateFile: join(folder, 'tls.pem'), keyFile: join(folder, 'tls.key') }
      await writeFile(files.certificateFile, certificatePem)
      await writeFile(files.keyFile, privateKeyPem, { mode: 0o600 })
      return {
        sites: [{ publicUrl: 'https://qlik.acme.example', allowedOrigins: [] }],
        tls: [files],
      }
    },
  },
  {
    what: 'TLS ends in front of the gateway, and that server is not named',
    check: 'gateway-tls',
    says: /`gateway\.trustedProxies` is not set/,
    mending: /Set `gateway\.trustedProxies`/,
    breakIt: () => ({ sites: [{ publicUrl: 'https://localhost:9', allowedOrigins: [] }] }),
  },
  {
    what: 'the discovery document of the provider cannot be reached',
    check: 'gateway-identify',
    says: /The keys of http:\/\/localhost:\d+ cannot be read/,
    mending: /openid-configuration/,
    async breakIt() {
      const issuer = `http://localhost:${await findFreePort()}`
      return { identify: { provider: { issuer, audience: 'api://qlik' } } }
    },
  },
  {
    what: 'the file of the host application’s key is missing',
    check: 'gateway-identify',
    says: /gone\.jwk/,
    mending: /./,
    breakIt: ({ folder }) => ({
      identify: {
        assertion: { issuer: 'http://localhost:1', key: { file: join(folder, 'gone.jwk') } },
      },
    }),
  },
  {
    what: 'other users can read the keys of the store',
    check: 'gateway-store',
    says: /store-keys\.json/,
    mending: /./,
    async breakIt({ healthy: { store }, setMode }) {
      await setMode(store.keysFile, 0o644, 0o600)
      return undefined
    },
  },
  {
    what: 'the keys of the store lie beside it',
    check: 'gateway-store',
    says: /keys/,
    mending: /./,
    async breakIt({ data, healthy: { store } }) {
      const keysFile = join(data, 'store-keys.json')
      await copyFile(store.keysFile, keysFile)
      return { store: { ...store, keysFile } }
    },
  },
  {
    what: 'other users can read the store',
    check: 'gateway-store',
    says: /Other users of this machine can read or write .*sessions\.db/,
    mending: /chmod 600/,
    async breakIt({ healthy: { store }, setMode }) {
      await setMode(store.file, 0o666, 0o600)
      return undefined
    },
  },
  {
    what: 'other users can write to the folder of the audit log',
    check: 'gateway-audit',
    says: /can be written by other users/,
    mending: /./,
    async breakIt({ healthy: { audit }, setMode }) {
      await setMode(audit.folder, 0o777, 0o700)
      return undefined
    },
  },
  {
    what: 'a line of the audit log was changed',
    check: 'gateway-audit',
    says: /The audit log is not whole/,
    mending: /jotgate audit verify/,
    async breakIt({ healthy: { audit }, later }) {
      const [name = ''] = (await readdir(audit.folder)).sort()
      const file = join(audit.folder, name)
      const text = await readFile(file, 'utf8')
      later(() => writeFile(file, text))
      await writeFile(file, text.replace(/"time":"20/, '"time":"19'))
      return undefined
    },
  },
  {
    what: 'the gateway cannot reach Qlik',
    check: 'gateway-upstream',
    says: /Qlik cannot be reached at http:\/\/localhost:\d+ from this machine.*ECONNREFUSED/,
    mending: /Open the firewall/,
    async breakIt({ healthy: { deployments } }) {
      const nodes = [`http://localhost:${await findFreePort()}`]
      return { deployments: deployments.map((one) => ({ ...one, nodes })) }
    },
  },
  {
    what: 'nothing listens at the public address',
    check: 'gateway-reachable',
    says: /Nothing answers at http:\/\/localhost:\d+.*ECONNREFUSED/,
    mending: /Start the gateway/,
    async breakIt() {
      const publicUrl = `http://localhost:${await findFreePort()}`
      return { sites: [{ publicUrl, allowedOrigins: ['http://localhost:1'] }] }
    },
  },
  {
    what: 'the server in front puts its own name into Host',
    check: 'gateway-reachable',
    says: /sends the gateway another Host/,
    mending: /proxy_set_header Host \$host/,
    breakIt({ front }) {
      front.host = 'gateway:8080'
      return undefined
    },
  },
  {
    what: 'the server in front removes CORS headers',
    check: 'gateway-reachable',
    says: /cannot read what the gateway at .* answers/,
    mending: /let it pass them on/,
    breakIt({ front }) {
      front.answer = (headers) => {
        delete headers['access-control-allow-origin']
      }
      return undefined
    },
  },
  {
    what: 'another server answers at the public address',
    check: 'gateway-reachable',
    says: /not a gateway of jotgate/,
    mending: /pass every path of that host name/,
    breakIt: ({ healthy: { deployments } }) => ({
      sites: deployments.map(({ deployment: { url } }) => ({ publicUrl: url, allowedOrigins: [] })),
    }),
  },
  {
    what: 'the server in front adds a Domain to cookies',
    check: 'gateway-cookie',
    says: /it got a Domain/,
    mending: /proxy_cookie_domain/,
    breakIt({ front }) {
      front.answer = (headers) => {
        const lines = headers['set-cookie']
        if (Array.isArray(lines))
          headers['set-cookie'] = lines.map((line) => `${line}; Domain=localhost`)
      }
      return undefined
    },
  },
  {
    what: 'the clock of the gateway is two minutes ahead',
    check: 'gateway-clock',
    says: /1(19|20) s ahead of the clock here/,
    mending: /NTP/,
    breakIt: () => ({ clock: () => Date.now() - 120_000 }),
  },
]
