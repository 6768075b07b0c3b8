import { createHash, timingSafeEqual } from 'node:crypto'
import { emulatorError } from '../errors.ts'

/** Gives an administrator’s key back when it can be one. */
export function checkAdminKey(key: string): string {
  if (!/^[\x21-\x7e]{1,512}$/.test(key))
    throw emulatorError('ERR_EMULATOR_ADMIN_KEY', {
      reason: key === '' ? 'it is empty' : 'it is too long or has other characters',
    })
  return key
}

/** Whether a text is the administrator's key. Hashing makes the lengths equal, so that the time reveals nothing. */
export function isAdminKey({ adminKey }: { readonly adminKey: string }, key: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(key), digest(adminKey))
}
