import { isDeepStrictEqual } from 'node:util'
import { parseConfig } from '../../config/index.ts'
import { isJotgateError } from '../../errors/index.ts'
import { bytesOf, type FuzzTarget, hold } from './target.fixture.ts'

/** What somebody wrote in the wrong place. */
const secret = 'MIIEsecret'

const tenant = {
  product: 'cloud',
  url: 'https://acme.eu.qlikcloud.com',
  signing: { key: { file: 'keys/qlik.pem' }, kid: 'acme-1', issuer: 'acme.example' },
}
const server = {
  product: 'client-managed',
  url: 'https://sense.acme.example',
  prefix: 'jwt',
  userDirectory: 'ACME',
  claims: { userId: 'uid', attributes: { department: 'dept' } },
  signing: { key: { env: 'QLIK_KEY' }, alg: 'RS512', lifetime: '5m' },
}
const gateway = {
  publicUrl: 'https://qlik.acme.example',
  allowedOrigins: ['https://www.acme.example'],
  listen: { port: 8443 },
  identify: { assertion: { issuer: 'https://www.acme.example', keyFiles: ['host.jwk'] } },
}

/** The file of settings, which an operator writes. */
export const configurationTarget: FuzzTarget = {
  name: 'configuration',
  seeds: [
    JSON.stringify({ deployments: { prod: tenant, site: server }, defaultDeployment: 'prod' }),
    JSON.stringify({ deployments: { site: server }, gateway }),
    JSON.stringify({ deployments: { prod: { ...tenant, signing: { key: secret } } } }),
    JSON.stringify({ deployments: { prod: { ...tenant, url: `https://${secret}@x/` } }, gateway }),
  ],
  async check(input) {
    const text = bytesOf(input).toString('utf8')
    try {
      const config = await parseConfig(text, 'c.json')
      const again = await parseConfig(JSON.stringify(config), 'c.json')
      hold(isDeepStrictEqual(again, config), 'what was read is read again as the same')
      const { defaultDeployment: name, deployments = {} } = config
      hold(name === undefined || Object.hasOwn(deployments, name), 'the default is there')
    } catch (error) {
      if (!isJotgateError(error)) throw error
      if (namesIn(text).some((name) => name.includes(secret))) return
      const told = `${error.message} ${JSON.stringify(error.details)}`
      hold(!told.includes(secret), 'no value is repeated')
    }
  },
}

/** All names of a JSON text; none when it is not one. */
function namesIn(text: string): readonly string[] {
  const names: string[] = []
  try {
    JSON.parse(text.replace(/^\uFEFF/, ''), (name, value) => {
      names.push(name)
      return value
    })
  } catch {
    return []
  }
  return names
}
