// SPDX-License-Identifier: Apache-2.0

// The other side of the independent-implementation test: go-tuf as Debian packages it, as client and
// as author. It exists because go-tuf speaks Go alone.
//
//	go_tuf follow STORE ROOT URL TARGET    a client: the store begins with the file ROOT; refreshes,
//	                                       and prints the target's bytes
//	go_tuf begin DIR CONSISTENT            an author: keys of all kinds, two files, two delegations
//	go_tuf update DIR                      the same repository with a changed file
//	go_tuf rotate DIR                      new keys of root, twice, and of all other roles
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/theupdateframework/go-tuf"
	"github.com/theupdateframework/go-tuf/client"
	store "github.com/theupdateframework/go-tuf/client/filejsonstore"
	"github.com/theupdateframework/go-tuf/data"
	"github.com/theupdateframework/go-tuf/pkg/keys"
	"github.com/theupdateframework/go-tuf/pkg/targets"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "go-tuf:", err)
		os.Exit(1)
	}
}

// ---- client ----

type output struct{ *os.File }

func (output) Delete() error { return nil }

func follow(folder, root, url, target string) {
	_, err := os.Stat(folder)
	isNew := os.IsNotExist(err)
	local, err := store.NewFileJSONStore(folder)
	check(err)
	remote, err := client.HTTPRemoteStore(url, &client.HTTPRemoteOptions{TargetsPath: "."},
		&http.Client{Timeout: 20 * time.Second})
	check(err)
	c := client.NewClient(local, remote)
	if isNew {
		bytes, err := os.ReadFile(root)
		check(err)
		check(c.Init(bytes))
	}
	_, err = c.Update()
	check(err)
	check(c.Download(target, output{os.Stdout}))
}

// ---- author ----

const year = 365 * 24 * time.Hour

func expires() time.Time { return time.Now().Add(year).UTC().Round(time.Second) }

func open(folder string) (*tuf.Repo, tuf.LocalStore) {
	local := tuf.FileSystemStore(folder, nil)
	repo, err := tuf.NewRepo(local, "sha256", "sha512")
	check(err)
	return repo, local
}

// Each role with another kind of key, and root with all of them.
var schemes = []struct {
	role   string
	scheme data.KeyScheme
}{
	{"root", data.KeySchemeEd25519},
	{"root", data.KeySchemeECDSA_SHA2_P256},
	{"root", data.KeySchemeRSASSA_PSS_SHA256},
	{"targets", data.KeySchemeECDSA_SHA2_P256},
	{"snapshot", data.KeySchemeRSASSA_PSS_SHA256},
	{"timestamp", data.KeySchemeEd25519},
}

func addFile(repo *tuf.Repo, folder, name, text string) {
	path := filepath.Join(folder, "staged", "targets", name)
	check(os.MkdirAll(filepath.Dir(path), 0o755))
	check(os.WriteFile(path, []byte(text), 0o644))
	check(repo.AddTargetWithExpires(name, json.RawMessage(`{"note": "kept"}`), expires()))
}

func publish(repo *tuf.Repo) {
	check(repo.SnapshotWithExpires(expires()))
	check(repo.TimestampWithExpires(expires()))
	check(repo.Commit())
}

func delegate(repo *tuf.Repo, local tuf.LocalStore) {
	signer, err := keys.GenerateEcdsaKey()
	check(err)
	public := signer.PublicData()
	check(local.SaveSigner("vendor", signer))
	check(repo.AddDelegatedRoleWithExpires("targets", data.DelegatedRole{
		Name: "vendor", KeyIDs: public.IDs(), Paths: []string{"vendor/*"}, Threshold: 1,
		Terminating: true}, []*data.PublicKey{public}, expires()))
	bins, err := targets.NewHashBins("bin-", 2)
	check(err)
	for i := uint64(0); i < bins.NumBins(); i++ {
		check(local.SaveSigner(bins.GetBin(i).RoleName(), signer))
	}
	check(repo.AddDelegatedRolesForPathHashBinsWithExpires("targets", bins,
		[]*data.PublicKey{public}, 1, expires()))
}

func begin(folder string, consistent bool) {
	repo, local := open(folder)
	check(repo.Init(consistent))
	for _, row := range schemes {
		_, err := repo.GenKeyWithSchemeAndExpires(row.role, expires(), row.scheme)
		check(err)
	}
	check(repo.SetThreshold("root", 2))
	check(repo.AddTargetsWithExpires(nil, nil, expires()))
	delegate(repo, local)
	addFile(repo, folder, "vendor/rules.json", "vendor 1\n")
	addFile(repo, folder, "binned.json", "binned 1\n")
	publish(repo)
}

func update(folder string) {
	repo, _ := open(folder)
	addFile(repo, folder, "vendor/rules.json", "vendor 2\n")
	publish(repo)
}

// One key in, the oldest of the role out.
func replaceKey(repo *tuf.Repo, role string, scheme data.KeyScheme, old string) {
	_, err := repo.GenKeyWithSchemeAndExpires(role, expires(), scheme)
	check(err)
	check(repo.RevokeKeyWithExpires(role, old, expires()))
}

func firstKey(repo *tuf.Repo, role string) string {
	meta, err := repo.GetMeta()
	check(err)
	var file data.Signed
	var root data.Root
	check(json.Unmarshal(meta["root.json"], &file))
	check(json.Unmarshal(file.Signed, &root))
	return root.Roles[role].KeyIDs[0]
}

func rotate(folder string) {
	for _, roles := range [][]string{{"root"}, {"root", "targets", "snapshot", "timestamp"}} {
		repo, _ := open(folder)
		for _, role := range roles {
			replaceKey(repo, role, data.KeySchemeEd25519, firstKey(repo, role))
		}
		addFile(repo, folder, "vendor/rules.json", fmt.Sprintf("vendor %d\n", len(roles)+2))
		if len(roles) > 1 {
			check(repo.Sign("targets.json"))
		}
		publish(repo)
	}
}

func main() {
	switch {
	case len(os.Args) == 6 && os.Args[1] == "follow":
		follow(os.Args[2], os.Args[3], os.Args[4], os.Args[5])
	case len(os.Args) == 4 && os.Args[1] == "begin":
		begin(os.Args[2], os.Args[3] == "true")
	case len(os.Args) == 3 && os.Args[1] == "update":
		update(os.Args[2])
	case len(os.Args) == 3 && os.Args[1] == "rotate":
		rotate(os.Args[2])
	default:
		fmt.Fprintln(os.Stderr, "usage: see the head of the source")
		os.Exit(64)
	}
}
