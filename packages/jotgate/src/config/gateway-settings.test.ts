import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { toGatewaySettings } from './gateway-settings.ts'
import { parseConfig } from './read-config.ts'

const least = {
  publicUrl: 'https://qlik.acme.example',
  allowedOrigins: ['https://www.acme.example'],
  identify: { assertion: { issuer: 'https://www.acme.example', keyFiles: ['keys/host.pem'] } },
}

const { identify: _, ...site } = least
const choosing = { deployments: [{ group: 'blue', deployment: 'one' }] }

const deployments = Object.fromEntries(
  ['one', 'tenant', 'green', 'server'].map((name) => [
    name,
    { product: 'cloud', url: 'https://acme.eu.qlikcloud.com' },
  ]),
)

const parse = (gateway: unknown) => parseConfig(JSON.stringify({ deployments, gateway }), 'a.json')

async function settingsOf(gateway: unknown) {
  const { gateway: read } = await parse(gateway)
  return read && toGatewaySettings(read, '/etc/jotgate')
}

describe('the settings of a gateway', () => {
  it('are few: the rest has defaults, and files start at the folder of the configuration', async () => {
    expect(await settingsOf(least)).toEqual({
      sites: [
        { publicUrl: 'https://qlik.acme.example', allowedOrigins: ['https://www.acme.example'] },
      ],
      hasList: false,
      deployments: new Map([['', {}]]),
      listen: { host: '127.0.0.1', port: 8080, tls: [] },
      identify: {
        assertion: {
          issuer: 'https://www.acme.example',
          keyFiles: [resolve('/etc/jotgate/keys/host.pem')],
        },
      },
      session: {},
      store: {
        file: resolve('/etc/jotgate/jotgate-data/sessions.db'),
        keysFile: resolve('/etc/jotgate/jotgate-secrets/store-keys.json'),
      },
      audit: {
        folder: resolve('/etc/jotgate/jotgate-data/audit'),
        keyFile: resolve('/etc/jotgate/jotgate-secrets/audit.key'),
      },
      admin: {
        socket:
          process.platform === 'win32'
            ? undefined
            : resolve('/etc/jotgate/jotgate-data/admin.sock'),
        isSocketNamed: false,
        address: undefined,
      },
    })
  })

  it('have an administration at an address where a port is given', async () => {
    const admin = { port: 8081, tls: { certificateFile: 'a.pem', keyFile: 'b.pem' } }
    expect((await settingsOf({ ...least, admin }))?.admin.address).toEqual({
      host: '127.0.0.1',
      port: 8081,
      bearerFile: resolve('/etc/jotgate/jotgate-secrets/admin-bearer.txt'),
      tls: {
        certificateFile: resolve('/etc/jotgate/a.pem'),
        keyFile: resolve('/etc/jotgate/b.pem'),
      },
    })
    const named = await settingsOf({ ...least, admin: { socket: '/run/jotgate/admin.sock' } })
    expect(named?.admin).toMatchObject({
      socket: resolve('/run/jotgate/admin.sock'),
      isSocketNamed: true,
    })
  })

  it('have a certificate for each host name', async () => {
    const one = { certificateFile: 'tls/a.pem', keyFile: '/etc/ssl/a.key' }
    const other = { certificateFile: 'tls/b.pem', keyFile: 'tls/b.key' }
    const settings = await settingsOf({ ...least, listen: { tls: { ...one, others: [other] } } })
    expect(settings?.listen.tls).toEqual([
      { certificateFile: resolve('/etc/jotgate/tls/a.pem'), keyFile: resolve('/etc/ssl/a.key') },
      {
        certificateFile: resolve('/etc/jotgate/tls/b.pem'),
        keyFile: resolve('/etc/jotgate/tls/b.key'),
      },
    ])
  })

  it('have times in seconds', async () => {
    const provider = { issuer: 'https://acme.okta.com', audience: 'api://qlik', maxLifetime: '90m' }
    const settings = await settingsOf({
      ...least,
      identify: { provider },
      session: { idle: '15m', absolute: '1d', maxSessions: 10 },
    })
    expect(settings).toMatchObject({
      identify: { provider: { audience: 'api://qlik', maxLifetimeSeconds: 5400 } },
      session: { idleSeconds: 900, absoluteSeconds: 86_400, maxSessions: 10 },
    })
  })

  it('name each deployment once, wherever it is named', async () => {
    const { identify } = least
    const site = { allowedOrigins: ['https://www.acme.example'] }
    const settings = await settingsOf({
      identify,
      sites: [
        { ...site, publicUrl: 'https://qlik.acme.example', deployment: 'tenant' },
        { ...site, publicUrl: 'https://all.acme.example', staticFilesFrom: 'tenant' },
      ],
      deployments: { server: { atRoot: true } },
      authorise: {
        deployments: [
          { group: 'blue', deployment: 'tenant' },
          { attributes: { customer: 'green' }, deployment: 'green' },
        ],
      },
    })
    expect(settings?.hasList).toBe(true)
    expect([...(settings?.deployments ?? [])]).toEqual([
      ['tenant', {}],
      ['green', {}],
      ['server', { atRoot: true }],
    ])
  })

  it('name only deployments that the file has, wherever they are named', async () => {
    const { identify } = least
    const { deployments: rules } = choosing
    const parsing = parse({
      identify,
      sites: [
        { ...site, deployment: 'tennant' },
        {
          ...site,
          publicUrl: 'https://all.acme.example',
          staticFilesFrom: 'constructor',
          authorise: { deployments: [...rules, { group: 'red', deployment: 'red' }] },
        },
      ],
      deployments: { two: {} },
      authorise: { deployments: [{ group: 'x', deployment: 'x' }] },
    })
    const known = 'is not one of the deployments of the file: one, tenant, green, server'
    await expect(parsing).rejects.toMatchObject({
      details: {
        problems: [
          `gateway.sites.0.deployment: ${known}; did you mean tenant?`,
          `gateway.sites.1.staticFilesFrom: ${known}`,
          `gateway.authorise.deployments.0.deployment: ${known}`,
          `gateway.sites.1.authorise.deployments.1.deployment: ${known}`,
          `gateway.deployments.two: ${known}`,
        ],
      },
    })
    await expect(parse({ ...least, deployment: 'of the command line' })).resolves.toBeDefined()
  })

  it.each([
    [{ identify: least.identify }, /must have `publicUrl` and `allowedOrigins`, or `sites`/],
    [{ ...least, deployments: {} }, /has `deployments`, which needs `sites`/],
    [
      { ...least, sites: [{ publicUrl: least.publicUrl, allowedOrigins: least.allowedOrigins }] },
      /has both `sites` and `publicUrl`/,
    ],
    [{ identify: least.identify, sites: [] }, /gateway.sites/],
    [
      { identify: least.identify, sites: [{ publicUrl: 'qlik.acme.example', allowedOrigins: [] }] },
      /gateway\.sites\.0\.publicUrl/,
    ],
    [
      { identify: least.identify, sites: [site] },
      /gateway\.sites\.0: names no `deployment`, and no rule of `authorise\.deployments` does/,
    ],
    [
      { identify: least.identify, sites: [{ ...site, deployment: 'one', authorise: choosing }] },
      /gateway\.sites\.0\.authorise\.deployments: cannot stand beside the site’s own `deployment`/,
    ],
    [{ ...least, authorise: choosing }, /gateway\.authorise\.deployments: needs `sites`/],
    [
      { ...least, publicUrl: 'http://qlik.acme.example' },
      /gateway.publicUrl: must begin with https/,
    ],
    [{ ...least, allowedOrigins: [] }, /gateway.allowedOrigins/],
    [{ ...least, identify: {} }, /gateway.identify: must have `assertion` or `provider`/],
    [
      { ...least, identify: { assertion: { issuer: 'a' } } },
      /gateway.identify.assertion: must have one of `keyFiles` and `jwksUrl`/,
    ],
    [{ ...least, listen: { port: 70_000 } }, /gateway.listen.port/],
    [{ ...least, admin: { host: '::1' } }, /gateway\.admin\.host: has no effect without `port`/],
    [
      { ...least, admin: { bearerFile: 'a' } },
      /gateway\.admin\.bearerFile: has no effect without `port`/,
    ],
    [{ ...least, listen: { tls: { keyFile: 'a' } } }, /gateway.listen.tls.certificateFile/],
    [{ ...least, session: { idle: 'long' } }, /gateway.session.idle: must be/],
    [{ ...least, publicURL: 'x' }, /gateway.publicURL: is unknown here; did you mean publicUrl/],
    [{ ...least, store: { fiel: 'x' } }, /gateway.store.fiel: is unknown here; did you mean file/],
  ])('are refused where they are wrong, with the place', async (gateway, message) => {
    await expect(parse(gateway)).rejects.toMatchObject({
      code: 'ERR_CONFIG_INVALID',
      message: expect.stringMatching(message),
    })
  })
})
