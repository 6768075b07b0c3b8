// The product and its emulator share no code, so each lists Qlik's errors by itself. What the emulator can
// answer, `jotgate explain` must explain.
import { expect, it } from 'vitest'
import { clientManagedErrors } from '../../packages/emulator/src/client-managed/errors/client-managed-errors.ts'
import { documentedCloses } from '../../packages/emulator/src/cloud/errors/documented-closes.ts'
import { documentedErrors } from '../../packages/emulator/src/cloud/errors/documented-errors.ts'
import { allPages } from '../../packages/jotgate/src/cli/explain/pages.ts'
import { findByWords } from '../../packages/jotgate/src/doctor/qlik-errors/find-by-words.ts'

const pages = allPages()

// Their codes are the emulator's own, so nobody meets them at Qlik.
const own = /the code is the emulator|code and status are the emulator/

it.each(documentedErrors.filter(({ source }) => !own.test(source)))(
  'the error $id has a page',
  ({ code, title, detail }) => {
    const asked = [code, title, detail].filter((one) => one !== undefined && one !== '')
    const found = asked.flatMap((one) => findByWords(pages, one ?? ''))
    expect(found.some(({ kind }) => kind === 'qlik')).toBe(true)
  },
)

it.each(documentedCloses)('close code $closeCode has a page', ({ closeCode }) => {
  expect(findByWords(pages, String(closeCode)).map(({ name }) => name)).toEqual([String(closeCode)])
})

const ofClientManaged = (asked: string) =>
  findByWords(pages, asked).filter(({ facts }) => facts.product !== 'Qlik Cloud')

it.each(clientManagedErrors.errors)(
  'the error $id of client-managed Qlik has a page, with its status or without',
  ({ status, title }) => {
    const forms = [title, `${status} ${title}`, `${status}::${title.toUpperCase()}`]
    for (const form of forms) expect(ofClientManaged(form), form).not.toEqual([])
  },
)

it.each(clientManagedErrors.closes)('the notification $notification has a page', (close) => {
  const frame = { jsonrpc: '2.0', method: close.notification, params: close.parameters }
  for (const asked of [close.notification, JSON.stringify(frame)])
    expect(ofClientManaged(asked ?? '')[0]?.texts).toContain(close.notification)
})

it.each(clientManagedErrors.clientTexts)('what clients say has a page: $text', ({ text }) => {
  expect(ofClientManaged(text)).not.toEqual([])
})
