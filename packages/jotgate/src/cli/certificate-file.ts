import type { Settings } from '../config/index.ts'

/** Where the certificate that Qlik trusts is: as the setup names it, or beside the private key. */
export function certificateFileOf({ key, setup }: Settings): string | undefined {
  const { certificate } = (setup ?? {}) as { readonly certificate?: string }
  const keyFile = key !== undefined && 'file' in key && key.file !== '-' ? key.file : undefined
  return certificate ?? keyFile?.replace(/\.[a-z]+$/i, '.cer')
}
