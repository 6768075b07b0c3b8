import { expect, it } from 'vitest'
import { messageForm } from './message-form.ts'

it('names the details of a message in place of their values', () => {
  const form = messageForm({
    message: ({ file, at, names }: { file: string; at: { line: number }; names: string[] }) =>
      `${file.toUpperCase()}, line ${at.line}: ${names.join(', ')}`,
  })
  expect(form).toBe('‹file.toUpperCase›, line ‹at.line›: ‹names›')
})
