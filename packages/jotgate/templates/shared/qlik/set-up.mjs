// qlik/set-up.mjs: makes Qlik trust this application, and writes qlik/settings.json. It adds what is missing and
// changes nothing else: run it as often as you like.
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { cloud } from 'jotgate'
import { createKeyPair, readCertificate, readSigningKey, writeKeyPair } from 'jotgate/keys'
import { createAdministration, isJotgateError } from 'jotgate/qlik'

// The name by which Qlik finds your keys. The defaults below are those of the local Qlik.
const issuer = 'my-application'
const {
  QLIK_URL: url = 'http://localhost:4848',
  QLIK_API_KEY: apiKey = 'local-only',
  QLIK_APP_ID: chosenAppId,
  PAGE_ORIGIN: page = 'http://localhost:3000', // your application, as the address bar shows it
} = process.env

try {
  await setUp()
} catch (error) {
  if (isJotgateError(error)) console.error(`${error.code}: ${error.message}. ${error.hint}`)
  else console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function setUp() {
  const tenant = createAdministration({ deployment: cloud({ url, issuer }), apiKey })
  const identityProviders = await tenant.listIdentityProviders()
  const integrations = await tenant.listWebIntegrations()
  const appId = chosenAppId ?? (await findApp())

  if (!existsSync('keys/qlik.pem')) {
    await writeKeyPair({ folder: 'keys', keyPair: await createKeyPair() })
    await writeFile('keys/.gitignore', '*\n')
  }
  const { kid } = await readSigningKey({ file: 'keys/qlik.pem' })
  const { certificateLine } = await readCertificate({ file: 'keys/qlik.cer' })
  const keyIds = identityProviders
    .filter((one) => one.issuer === issuer)
    .flatMap((one) => one.staticKeys.map((key) => key.kid))
  if (!keyIds.includes(kid)) await tenant.createIdentityProvider({ issuer, kid, certificateLine })

  const { id } =
    integrations.find((one) => one.validOrigins.includes(page)) ??
    (await tenant.createWebIntegration({ name: new URL(page).host, validOrigins: [page] }))

  const settings = { url, issuer, page, webIntegrationId: id, appId }
  const text = `${JSON.stringify(settings, null, 2)}\n`
  await writeFile(new URL('settings.json', import.meta.url), text)
  console.log(`qlik/settings.json:\n${text}`)
}

/** The ID of the only app; of several you choose. */
async function findApp() {
  const answer = await fetch(new URL('/api/v1/items?resourceType=app&limit=100', url), {
    headers: { authorization: `Bearer ${apiKey}` },
  })
  if (!answer.ok) throw new Error(`Qlik did not list its apps: status ${answer.status}`)
  const { data: apps } = await answer.json()
  if (apps.length === 1) return apps[0].resourceId
  const list = apps.map((app) => `\n  ${app.resourceId}  ${app.name}`).join('')
  throw new Error(`Set QLIK_APP_ID to the ID of the app that you want to show:${list}`)
}
