import { describe, expect, it } from 'vitest'
import { toGatewaySettings } from '../../config/gateway-settings.ts'
import { parseConfig } from '../../config/index.ts'
import { cloud } from '../../token/index.ts'
import { gatewayOf } from './gateway-of.ts'

const url = 'https://acme.eu.qlikcloud.com'
const deployment = cloud({ url, issuer: 'acme.example' })
const identify = {
  assertion: { issuer: 'https://www.acme.example', keyFiles: ['keys/host.pem'] },
}
const allowedOrigins = ['https://www.acme.example']

async function gatewayFor(name: string, gateway: object) {
  const deployments = Object.fromEntries(
    ['prod', 'trial'].map((one) => [one, { product: 'cloud', url }]),
  )
  const text = JSON.stringify({ deployments, gateway: { identify, ...gateway } })
  const { gateway: read } = await parseConfig(text, 'jotgate.config.json')
  return read && gatewayOf(toGatewaySettings(read, '/etc/jotgate'), name, deployment)
}

describe('the gateway before a deployment', () => {
  const publicUrl = 'https://qlik.acme.example'
  const one = { publicUrl, allowedOrigins }

  it('is the only site, which leads to the one that is meant or to the one that it names', async () => {
    expect(await gatewayFor('prod', one)).toEqual({ publicUrls: [publicUrl], carriesSingle: true })
    expect(await gatewayFor('prod', { ...one, deployment: 'prod' })).toMatchObject({
      publicUrls: [publicUrl],
    })
    expect(await gatewayFor('prod', { ...one, deployment: 'trial' })).toBeUndefined()
  })

  it('is every site that leads to it, by its name or by a rule', async () => {
    const toTrial = { deployments: [{ group: 'trial', deployment: 'trial' }] }
    const sites = [
      { ...one, deployment: 'trial' },
      { allowedOrigins, publicUrl: 'https://a.acme.example', deployment: 'prod' },
      { allowedOrigins, publicUrl: 'https://b.acme.example' },
      { allowedOrigins, publicUrl: 'https://c.acme.example', authorise: toTrial },
    ]
    const authorise = { deployments: [{ group: 'all', deployment: 'prod' }] }
    const gateway = { sites, authorise, deployments: { trial: { paths: { presets: [] } } } }
    expect(await gatewayFor('prod', gateway)).toEqual({
      publicUrls: ['https://a.acme.example', 'https://b.acme.example'],
      carriesSingle: true,
    })
    expect(await gatewayFor('trial', gateway)).toEqual({
      publicUrls: [publicUrl, 'https://c.acme.example'],
      carriesSingle: false,
    })
  })
})
