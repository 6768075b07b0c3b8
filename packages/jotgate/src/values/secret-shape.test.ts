import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { looksSecret } from './secret-shape.ts'

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const token = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.AAAA'

it('knows a key in each of its forms', () => {
  const der = privateKey.export({ type: 'pkcs1', format: 'der' }).toString('base64')
  expect(
    [
      pem,
      pem.replaceAll('\n', '\\n'),
      der,
      JSON.stringify(privateKey.export({ format: 'jwk' })),
    ].map(looksSecret),
  ).toEqual([true, true, true, true])
})

it('knows lines of base64, nearly all of them', () => {
  const lines = Array.from({ length: 2000 }, () => randomBytes(48).toString('base64'))
  expect(lines.filter(looksSecret).length).toBeGreaterThan(1900)
})

it.each([
  token,
  `Bearer ${token}`,
  `"${token}"`,
  'eyJhbGciOiJSUzI1NiJ9',
  '{"subject":"1"}',
  '[{"kty":"RSA"}]',
  ' { "cookies": {} }',
  '{}',
  'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj',
])('knows %s', (text) => {
  expect(looksSecret(text)).toBe(true)
})

it.each([
  'keys/qlik.pem',
  '/home/ada/projects/qlik-portal/jotgate/keys/production-2026-11-28.pem',
  'C:\\Users\\Ada\\Documents\\QlikSenseServerCertificates\\client.pfx',
  'MyCompanyQlikSenseProductionKey2026.pem',
  'QLIK_SENSE_PRIVATE_KEY_FOR_PRODUCTION',
  '3f45f8c0d1e2a3b4c5d6e7f8091a2b3c4d5e6f70',
  '0b1c2d3e-4f50-4a6b-8c7d-9e0f1a2b3c4d.json',
  '[slug]/page.json',
  '{{cookiecutter.name}}/jotgate.config.json',
  '-',
  'a'.repeat(255),
])('takes %s for a name', (text) => {
  expect(looksSecret(text)).toBe(false)
})
