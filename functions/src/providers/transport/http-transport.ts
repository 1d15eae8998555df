import { Agent, type Dispatcher, ProxyAgent } from "undici";
import { Exchange } from "./exchange.ts";
import type { HttpLimits, Transport } from "./http.ts";

/**
 * HTTP/1.1 only: under HTTP/2 all calls of an instance would share one connection and break together with it.
 * undici's own limits are off, for those of the transport take their place. Redirects are never followed.
 */
const AGENT_OPTIONS = { allowH2: false, headersTimeout: 0, bodyTimeout: 0 } as const;

/** Shared by all providers, made at load so that the first call finds it. */
const sharedAgent = new Agent(AGENT_OPTIONS);

/** An agent of one's own: another certificate authority, or connections that a test closes. */
export function keepAliveAgent(
  options: Omit<Agent.Options, keyof typeof AGENT_OPTIONS> = {},
): Agent {
  return new Agent({ ...options, ...AGENT_OPTIONS });
}

/**
 * The same through a proxy, by CONNECT: it sees where calls go, and nothing of what they say.
 * @param tls for the connections within the tunnel, and for the proxy itself where it is https
 */
export function proxyAgent(
  proxyUrl: string,
  tls: ProxyAgent.Options["requestTls"] = {},
): ProxyAgent {
  const ends = { requestTls: tls, proxyTls: tls };
  return new ProxyAgent({ uri: proxyUrl, ...ends, proxyTunnel: true, ...AGENT_OPTIONS });
}

export function httpTransport(limits: HttpLimits, agent: Dispatcher = sharedAgent): Transport {
  return {
    send(request, sink) {
      const exchange = new Exchange(sink, limits);
      const { origin, path, method, headers, body = null } = request;
      const ownTimers = { headersTimeout: 0, bodyTimeout: 0 };
      agent.dispatch({ origin, path, method, headers, body, ...ownTimers }, exchange);
      exchange.dispatched();
      return exchange;
    },
  };
}
