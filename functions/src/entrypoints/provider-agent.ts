import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";
import { PROVIDER_CA_FILE, PROVIDER_PROXY_URL } from "../config.ts";
import type { WireOptions } from "../providers/openai-wire/compatible-provider.ts";
import { keepAliveAgent, proxyAgent } from "../providers/transport/http-transport.ts";

/**
 * Connections as PROVIDER_PROXY_URL and PROVIDER_CA_FILE say; without them none of one's own, but those that all share.
 * @throws Error when one of them cannot be what is meant; it shows no password
 */
export function providerAgent(): Pick<WireOptions, "agent"> {
  const proxyUrl = proxyUrlOf(PROVIDER_PROXY_URL.value().trim());
  const file = PROVIDER_CA_FILE.value().trim();
  const tls = file === "" ? undefined : { secureContext: trusting(file) };
  if (proxyUrl !== undefined) return { agent: proxyAgent(proxyUrl, tls) };
  return tls ? { agent: keepAliveAgent({ connect: tls }) } : {};
}

function proxyUrlOf(value: string): string | undefined {
  if (value === "") return undefined;
  const url = URL.parse(value);
  const isHttp = url?.protocol === "http:" || url?.protocol === "https:";
  if (url && isHttp && url.pathname === "/" && !url.search && !url.hash) return value;
  throw new Error(
    "PROVIDER_PROXY_URL must be http://HOST:PORT or https://HOST:PORT, with USER:PASSWORD@ if need be",
  );
}

/** Made once: Node would read some 150 certificates anew for each connection. */
function trusting(file: string): SecureContext {
  return createSecureContext({ ca: [...rootCertificates, ...certificatesIn(file)] });
}

function certificatesIn(file: string): readonly string[] {
  try {
    const found = readFileSync(resolve(file), "utf8").match(CERTIFICATE) ?? [];
    if (found.length === 0) throw new Error("it holds no certificate");
    return found.map((pem) => new X509Certificate(pem).toString());
  } catch (cause) {
    throw new Error(`PROVIDER_CA_FILE "${file}" cannot be used: ${String(cause)}`, { cause });
  }
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
