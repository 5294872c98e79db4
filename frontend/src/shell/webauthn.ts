// WebAuthn with JSON options, and the PRF extension whose secret opens the keys (DESIGN §2).
import { jsonOf, send } from "./net";

export interface Outcome {
  ok: boolean;
  redirect: string;
  error: string;
  csrf: string;
}
type Json = Record<string, any>;

export const supported = (): boolean => typeof PublicKeyCredential !== "undefined" && !!navigator.credentials;

const toBytes = (text: string): ArrayBuffer => {
  const binary = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes.buffer;
};
const toText = (bytes: BufferSource): string => {
  const view = bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : new Uint8Array(bytes.buffer);
  return btoa(String.fromCharCode(...view)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
};

/** JSON options (base64url texts) as the browser wants them. The PRF inputs are always converted here. */
function optionsOf(json: Json): Json {
  const options: Json = { ...json, challenge: toBytes(json.challenge) };
  if (json.user) options.user = { ...json.user, id: toBytes(json.user.id) };
  for (const list of ["excludeCredentials", "allowCredentials"]) {
    if (json[list]) options[list] = json[list].map((c: Json) => ({ ...c, id: toBytes(c.id) }));
  }
  const prf = json.extensions?.prf;
  if (prf) {
    const pair = (values: Json) =>
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, toBytes(value as string)]));
    options.extensions = { ...json.extensions, prf: {} };
    if (prf.eval) options.extensions.prf.eval = pair(prf.eval);
    if (prf.evalByCredential) {
      options.extensions.prf.evalByCredential = Object.fromEntries(
        Object.entries(prf.evalByCredential).map(([id, values]) => [id, pair(values as Json)]),
      );
    }
  }
  return options;
}

/** The credential as JSON. The PRF secret is taken out of it: it travels apart. */
function jsonOfCredential(credential: PublicKeyCredential): Json {
  const response = credential.response as any;
  const made: Json = {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? null,
    clientExtensionResults: {},
    response: { clientDataJSON: toText(response.clientDataJSON) },
  };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) made.response[name] = toText(response[name]);
  }
  if (response.getTransports) made.response.transports = response.getTransports();
  return made;
}

function refusal(error: unknown): string {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError") return "La clé d’accès n’a pas été utilisée : demande annulée ou délai dépassé.";
  if (name === "InvalidStateError") return "Cette clé d’accès est déjà enregistrée.";
  if (name === "SecurityError") return "Cette adresse ne permet pas l’emploi d’une clé d’accès.";
  return "La clé d’accès n’a pas pu être utilisée. Employez l’autre moyen proposé.";
}

/** One exchange: begin → the browser → complete. `extra` joins the last message (a label, for instance). */
export async function exchange(kind: "register" | "assert", begin: string, complete: string, extra: Json = {}): Promise<Partial<Outcome>> {
  if (!supported()) return { error: "Ce navigateur ne connaît pas les clés d’accès." };
  try {
    const asked = await send(begin, { json: {} });
    const answer = (await jsonOf<Json>(asked)) as Json;
    if (!asked.ok) return { error: answer.error ?? "Le serveur n’a pas préparé la demande. Réessayez." };
    const publicKey = optionsOf(answer.publicKey ?? answer) as any;
    const credential = (await (kind === "register"
      ? navigator.credentials.create({ publicKey })
      : navigator.credentials.get({ publicKey }))) as PublicKeyCredential;
    const secret = (credential.getClientExtensionResults() as any).prf?.results?.first as BufferSource | undefined;
    const done = await send(complete, {
      json: { ...extra, credential: jsonOfCredential(credential), prf: secret ? toText(secret) : null },
    });
    const outcome = await jsonOf<Outcome>(done);
    return done.ok ? { ok: true, ...outcome } : { error: outcome.error ?? "La clé d’accès a été refusée." };
  } catch (error) {
    if (error instanceof TypeError) return { error: "Le serveur ne répond pas. Réessayez dans un instant." };
    return { error: refusal(error) };
  }
}
