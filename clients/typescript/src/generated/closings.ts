// Generated from the documents of the gateway; `make types` writes it anew.

/** Why the gateway ends a live channel, and whether to come back. */
export const CLOSINGS = {
  4001: {"name":"COME_BACK","retry":"AFTER","when":"after the milliseconds that the reason names","meaning":"This gateway goes away, for a deploy perhaps; another one is there."},
  4002: {"name":"TOKEN_EXPIRED","retry":"WITH_TOKEN","when":"with a new token","meaning":"The token that the channel was opened with has expired."},
  4003: {"name":"NOT_ALLOWED","retry":"NEVER","when":"not before something was changed: the same again ends the same","meaning":"The token is none of ours, or nobody may watch without one."},
  4004: {"name":"TOO_MANY","retry":"AFTER","when":"after the milliseconds that the reason names","meaning":"Too many channels of this user or address, or they come too fast."},
  4005: {"name":"SILENT","retry":"AT_ONCE","when":"at once, and with growing pauses when that fails","meaning":"No ping was answered for two heartbeats: taken for dead."},
  4006: {"name":"BAD_FRAMES","retry":"NEVER","when":"not before something was changed: the same again ends the same","meaning":"Too many frames, or too many that were not understood."},
  4008: {"name":"SLOW","retry":"AT_ONCE","when":"at once, and with growing pauses when that fails","meaning":"More waited for this viewer than may, even with older states left out."},
} as const;
