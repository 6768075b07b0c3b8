import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext, BrowserContextOptions } from 'playwright-core'
import { launchChromiumProfile } from './chromium.ts'

/** Chromium's own numbers for its setting of third-party cookies. */
const cookieControlsMode = { allowed: 0, blocked: 1 }

/** A clean profile in which the visitor set what becomes of third-party cookies. */
export async function openCookieProfile(
  thirdPartyCookies: keyof typeof cookieControlsMode,
  options: BrowserContextOptions = {},
): Promise<{ context: BrowserContext; close: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'jotgate-profile-'))
  await mkdir(join(folder, 'Default'))
  const profile = { cookie_controls_mode: cookieControlsMode[thirdPartyCookies] }
  await writeFile(join(folder, 'Default/Preferences'), JSON.stringify({ profile }))
  const context = await launchChromiumProfile(folder, options)
  return {
    context,
    async close() {
      await context.close()
      // Chromium's processes may write into it a moment longer.
      await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 })
    },
  }
}
