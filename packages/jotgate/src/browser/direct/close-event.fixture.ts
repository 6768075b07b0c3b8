// Node 22 has no CloseEvent of its own; each browser has.
import { CloseEvent } from 'undici'

globalThis.CloseEvent ??= CloseEvent as typeof globalThis.CloseEvent
