import { extname } from 'node:path';

/** Where what is not in the VSIX can be read. */
export interface Publication {
  /** Web address of the repository, without a slash at its end; undefined where there is none yet. */
  readonly repository: string | undefined;
  /** The tag of the release. */
  readonly tag: string;
  /** Reads a file of the repository by its path. */
  readonly read: (path: string) => Uint8Array;
}

const pictureTypes: Readonly<Record<string, string>> = {
  '.gif': 'image/gif',
  '.png': 'image/png',
};

const linkOrPicture = /(?<mark>!?)\[(?<text>[^\]]*)\]\((?<target>[^)\s]+)\)/g;

/**
 * A document as it is packed: VS Code's page of an extension and the gallery know no other file, so a relative link
 * would lead nowhere. With a repository, links and pictures are those of the release. Without one, pictures are in the
 * document, and of links the text is left.
 *
 * @throws Error for a picture of another type than PNG or GIF.
 */
export function packagedMarkdown(document: string, publication: Publication): string {
  return document.replace(linkOrPicture, (whole: string, mark: string, text: string, target: string) => {
    if (/^(?:[a-z][a-z+.-]*:|#)/i.test(target)) return whole;
    if (mark === '!') return `![${text}](${pictureAddress(target, publication)})`;
    const { repository, tag } = publication;
    return repository === undefined ? text : `[${text}](${repository}/blob/${tag}/${target})`;
  });
}

function pictureAddress(path: string, { repository, tag, read }: Publication): string {
  if (repository !== undefined) return `${repository}/raw/${tag}/${path}`;
  const type = pictureTypes[extname(path)];
  if (type === undefined) throw new Error(`${path} is neither a PNG nor a GIF picture.`);
  return `data:${type};base64,${Buffer.from(read(path)).toString('base64')}`;
}

/** The part of `package.json` that names the repository. */
export interface RepositoryManifest {
  readonly repository?: string | { readonly url: string };
}

/** The web address of the repository that a manifest names, as for {@link Publication}. */
export function repositoryOf({ repository }: RepositoryManifest): string | undefined {
  const address = typeof repository === 'object' ? repository.url : repository;
  return address?.replace(/^git\+/, '').replace(/(?:\.git)?\/?$/, '');
}
