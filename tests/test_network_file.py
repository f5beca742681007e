"""Networks from files: the three formats, and what a user is told about a broken one."""

import networkx as nx
import numpy as np
import pytest
import scipy.sparse

from pp_spin.network import as_network, lattice, ring
from pp_spin.network_file import read_described, read_network

ASYMMETRIC = np.array([[0, 1.5, 0], [-2, 0, 0], [0.5, 0, 0]])


def assert_same(left, right):
    np.testing.assert_array_equal(left.weights, right.weights)
    np.testing.assert_array_equal(left.biases, right.biases)
    assert left.nodes == right.nodes


@pytest.fixture
def write(tmp_path):
    """Write text or bytes to a file of that name and return its path."""

    def write_file(name, content):
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    return write_file


def test_graphml_keeps_ties_biases_and_order(tmp_path):
    graph = nx.DiGraph()
    graph.add_node("Medici", bias=0.5, pull=1)
    graph.add_node("Albizzi", bias=-0.25, pull=2)
    graph.add_edge("Medici", "Albizzi", weight=1.5, trust=3)
    nx.write_graphml(graph, tmp_path / "families.graphml")
    assert_same(read_network(tmp_path / "families.graphml"), as_network(graph))
    chosen = read_network(str(tmp_path / "families.graphml"), weight="trust", bias="pull")
    assert_same(chosen, as_network(graph, weight="trust", bias="pull"))


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.csv", "source,target\na,b\n", ()),
        ("a.csv", "source,target,type,w2,since\na,b,directed,3,4\n", ("since", "w2")),
        ("a.csv", "source,target,Weight,w2\na,b,3,4\n", None),
        ("a.csv", "0,1\n1,0\n", None),
    ],
)
def test_a_file_without_weights_says_so(write, name, content, expected):
    assert read_described(write(name, content)).unweighted == expected


def test_a_graph_without_weights_says_so(tmp_path):
    graph, file = nx.Graph(), tmp_path / "a.graphml"
    graph.add_edge("a", "b", w2=3.0)
    nx.write_graphml(graph, file)
    assert read_described(file).unweighted == ("w2",)
    assert read_described(file, weight="w2").unweighted is None
    assert read_described(file, weight=None).unweighted is None


def test_the_florentine_families_survive_graphml_and_csv(tmp_path):
    graph = nx.florentine_families_graph()
    nx.write_graphml(graph, tmp_path / "families.GraphML")
    assert_same(read_network(tmp_path / "families.GraphML"), as_network(graph))

    lines = ["source,target", *(f"{one},{other}" for one, other in graph.edges)]
    (tmp_path / "families.csv").write_text("\n".join(lines))
    from_csv = read_network(tmp_path / "families.csv")
    assert_same(from_csv, as_network(graph, nodes=from_csv.nodes))


def test_the_karate_club_survives_every_format(tmp_path):
    graph = nx.karate_club_graph()
    club = as_network(graph)
    nx.write_graphml(graph, tmp_path / "club.graphml")
    assert_same(
        read_network(tmp_path / "club.graphml"), as_network(club, nodes=map(str, club.nodes))
    )
    np.savetxt(tmp_path / "club.csv", club.weights, delimiter=",")
    assert_same(read_network(tmp_path / "club.csv"), club)
    scipy.sparse.save_npz(tmp_path / "club.npz", scipy.sparse.csr_array(club.weights))
    assert_same(read_network(tmp_path / "club.npz"), club)


def test_an_edge_list_is_of_mutual_ties(write):
    file = write("ties.csv", "source,target,weight\nb,a,0.5\na,c,-2\n")
    result = read_network(file)
    assert result.nodes == ("b", "a", "c")  # by first appearance
    np.testing.assert_array_equal(result.weights, [[0, 0.5, 0], [0.5, 0, -2], [0, -2, 0]])
    assert not result.biases.any()


def test_an_edge_list_typed_directed_is_of_one_way_ties(write):
    rows = "a,b,Directed,1.5\nb,a,Directed,-2\nc,a,Directed,0.5\n"
    result = read_network(write("ties.csv", "Source,Target,Type,Weight\n" + rows))
    assert result.nodes == ("a", "b", "c")
    np.testing.assert_array_equal(result.weights, ASYMMETRIC)


def test_an_edge_list_without_weights_has_unit_ties(write):
    result = read_network(write("ties.csv", "target,source,note\nb,a,kin\n"))
    assert result.nodes == ("a", "b")
    np.testing.assert_array_equal(result.weights, [[0, 1], [1, 0]])


def test_an_edge_list_has_the_weight_column_that_is_named(write):
    file = write("ties.csv", "source,target,weight,Trust\na,b,1,7\n")
    assert read_network(file, weight="Trust").weights[0, 1] == 7
    assert read_network(file, weight=None).weights[0, 1] == 1


@pytest.mark.parametrize(
    "text",
    [
        "0,1.5,0\n-2,0,0\n0.5,0,0\n",
        "\ufeff0, 1.5, 0\r\n\r\n-2, 0, 0\r\n5e-1, 0, 0",
        '"0","1.5",0\n-2,0,0\n.5,0,0',
    ],
    ids=["plain", "spreadsheet", "quoted"],
)  # fmt: skip
def test_a_square_table_of_numbers_is_a_network(write, text):
    assert_same(read_network(write("table.csv", text)), as_network(ASYMMETRIC))


def test_npz_arrays_carry_biases_and_names(tmp_path):
    grid = lattice((3, 3))
    np.savez(tmp_path / "bare.npz", weights=grid.weights)
    assert_same(read_network(tmp_path / "bare.npz"), as_network(grid.weights))
    np.savez(
        tmp_path / "full.npz", weights=grid.weights, biases=np.arange(9), nodes=np.array(grid.nodes)
    )
    assert_same(read_network(tmp_path / "full.npz"), as_network(grid, biases=np.arange(9)))
    np.savez(tmp_path / "named.npz", weights=ASYMMETRIC, nodes=["x", "y", "z"])
    assert read_network(tmp_path / "named.npz").nodes == ("x", "y", "z")


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(
        FileNotFoundError, match=r"got network file .*no\.csv; there is no such file"
    ):
        read_network(tmp_path / "no.csv")


def test_a_directory_is_refused(tmp_path):
    folder = tmp_path / "folder.csv"
    folder.mkdir()
    with pytest.raises(ValueError, match=r"folder\.csv: got a directory; a network is one file"):
        read_network(folder)


def test_a_name_that_the_system_refuses_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"the file cannot be read; check its permissions"):
        read_network(tmp_path / ("a" * 5000 + ".csv"))


@pytest.mark.parametrize("name", ["network.txt", "network", "network.csv.gz"])
def test_an_unknown_suffix_is_refused_with_those_that_are_known(write, name):
    message = r"network.*: got suffix '.*'; .*give one of \.graphml, \.csv, \.npz"
    with pytest.raises(ValueError, match=message):
        read_network(write(name, "0"))


@pytest.mark.parametrize("name", ["empty.graphml", "empty.csv", "empty.npz"])
def test_an_empty_file_is_refused(write, name):
    with pytest.raises(
        ValueError, match=rf"{name}: got an empty file; .*; write the network again"
    ):
        read_network(write(name, ""))


def graphml(
    body, edges="undirected", keys='<key id="w" for="edge" attr.name="weight" attr.type="{}"/>'
):
    head = '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
    return f'{head}{keys}<graph edgedefault="{edges}">{body}</graph></graphml>'


def one_tie(kind, value):
    body = f'<edge source="a" target="b"><data key="w">{value}</data></edge>'
    return graphml('<node id="a"/><node id="b"/>' + body).replace("{}", kind)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<graphml><graph>", r"got malformed GraphML \(no element found.*\); .*write it again"),
        ('<?xml version="1.0" encoding="utf-99"?><graphml/>', r"got malformed GraphML \("),
        ("not xml", r"got malformed GraphML \(syntax error"),
        ("<html></html>", r"got malformed GraphML \("),
        (one_tie("double", "strong"), r"got malformed GraphML \(.*strong"),
        (one_tie("string", "0.5"), r"got edge attribute 'weight' = '0.5' on \('a', 'b'\); it must"),
        (one_tie("double", "NaN"), r"got edge attribute 'weight' = nan .*must be a finite number"),
        (graphml("", keys=""), r"got a graph without nodes"),
        (graphml('<edge source="a" target="a"/>', keys=""), r"got weights\[0,0\]=1.0 \(node 'a'\)"),
        (graphml('<edge source="a" target="b"/>' * 2, keys=""), r"got a MultiGraph; parallel ties"),
    ],
)
def test_broken_graphml_is_refused(write, text, message):
    with pytest.raises(ValueError, match=r"broken\.graphml: " + message):
        read_network(write("broken.graphml", text))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\n ,\n", r"got only blank lines; .*; write the network again"),
        ("0,1\n1\n", r"got 1 cells on line 2 and 2 on the first; .*; complete the row"),
        ("source,target,weight\na,b\n", r"got 2 cells on line 2 and 3 on the first"),
        ("0,1,0\n1,0,0\n", r"got weights of shape \(2, 3\); who sees whom is a square table"),
        ("0,x\n1,0\n", r"got 'x' on line 1, column 2; a weight must be a number; correct it"),
        ("a,b\n0,1\n1,0\n", r"got 'a' on line 1, column 1; .*header source,target,weight"),
        ("0;1\n1;0\n", r"got '0;1' on line 1, column 1; .*separated by commas"),
        ("0,nan\n1,0\n", r"got weights\[0,1\]=nan; every entry must be a finite number"),
        ("1,1\n1,0\n", r"got weights\[0,0\]=1.0 \(node 0\); an agent does not observe itself"),
        ("source,target,weight\n", r"got a header without edges; .*; add rows below it"),
        ("source,target,weight\na,b,strong\n", r"got 'strong' on line 2, column 3; a weight must"),
        ("source,target,weight\na,b,\n", r"got '' on line 2, column 3; a weight must be a number"),
        ("source,target,weight\na,b,inf\n", r"got edge attribute 'weight' = inf on \('a', 'b'\)"),
        ("source,target\na,a\n", r"got weights\[0,0\]=1.0 \(node 'a'\)"),
        ("source,target\na,\n", r"got no node name on line 2; a tie has two ends; name both"),
        (
            "source,target\na,b\n\nb,a\n",
            r"got the tie \('b', 'a'\) again on line 4; .*keep one row",
        ),
        ("source,target,target\na,b,c\n", r"got header source,target,target; a column repeats"),
        (
            "source,target,type\na,b,directed\nb,c,undirected\n",
            r"got type 'directed', 'undirected'",
        ),
        ("source,target,type\na,b,friend\n", r"got type 'friend'; one list is all directed or all"),
        (b"0,\xff\n", r"got malformed CSV \(.*; it must be UTF-8 text"),
        ('"' + "a" * 200_000 + '"', r"got malformed CSV \(field larger than field limit"),
    ],
)
def test_broken_csv_is_refused(write, text, message):
    with pytest.raises(ValueError, match=r"broken\.csv: " + message):
        read_network(write("broken.csv", text))


def test_an_edge_list_without_the_named_weight_is_refused(write):
    file = write("ties.csv", "source,target,weight\na,b,1\n")
    with pytest.raises(ValueError, match=r"ties\.csv: got no edge attribute 'trust' on 1 of 1"):
        read_network(file, weight="trust")


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"couplings": np.zeros((2, 2))}, r"got arrays 'couplings'; a network needs 'weights'"),
        ({}, r"got arrays none; a network needs 'weights'"),
        ({"weights": np.zeros((2, 3))}, r"got weights of shape \(2, 3\); who sees whom"),
        ({"weights": [["a"]]}, r"got weights of type <U1 .*every entry must be a real number"),
        ({"weights": [[0, np.inf], [0, 0]]}, r"got weights\[0,1\]=inf; every entry must be"),
        ({"weights": np.array([[None]])}, r"got malformed npz \(Object arrays cannot be loaded"),
        ({"weights": np.zeros((2, 2)), "biases": [1]}, r"got biases of shape \(1,\)"),
        ({"weights": np.zeros((2, 2)), "nodes": ["a"]}, r"got 1 nodes for weights of shape"),
        ({"weights": np.zeros((2, 2)), "nodes": "a"}, r"got nodes of shape \(\); .* has a name"),
        ({"format": "csr", "weights": np.zeros((2, 2))}, r"got malformed npz \("),
    ],
)  # fmt: skip
def test_npz_with_other_arrays_is_refused(tmp_path, arrays, message):
    np.savez(tmp_path / "broken.npz", **arrays)
    with pytest.raises(ValueError, match=r"broken\.npz: " + message):
        read_network(tmp_path / "broken.npz")


def test_a_large_sparse_npz_stays_sparse(tmp_path):
    circle = ring(100_000)
    scipy.sparse.save_npz(tmp_path / "ring.npz", circle.ties)
    result = read_network(tmp_path / "ring.npz")
    assert (result.ties != circle.ties).nnz == 0
    assert result.nodes == circle.nodes


def test_a_sparse_npz_that_is_not_square_is_refused(tmp_path):
    scipy.sparse.save_npz(tmp_path / "wide.npz", scipy.sparse.csr_array((2, 3)))
    with pytest.raises(ValueError, match=r"wide\.npz: got weights of shape \(2, 3\)"):
        read_network(tmp_path / "wide.npz")


def test_a_file_that_is_no_archive_is_refused(tmp_path, write):
    for content in (b"not a zip", b"PK\x03\x04 cut short"):
        with pytest.raises(ValueError, match=r"broken\.npz: got malformed npz \(.*save_npz"):
            read_network(write("broken.npz", content))
    with (tmp_path / "bare.npz").open("wb") as stream:
        np.save(stream, np.zeros((2, 2)))
    with pytest.raises(ValueError, match=r"bare\.npz: got malformed npz \("):
        read_network(tmp_path / "bare.npz")


def test_no_cut_of_a_good_file_gives_anything_but_a_clear_error(tmp_path, write):
    nx.write_graphml(nx.florentine_families_graph(), tmp_path / "good.graphml")
    np.savez_compressed(tmp_path / "good.npz", weights=lattice((3, 3)).weights)
    for name in ("good.graphml", "good.npz"):
        whole = (tmp_path / name).read_bytes()
        for length in range(0, len(whole) - 20, max(1, len(whole) // 50)):
            with pytest.raises(ValueError, match=r"cut_.*: got"):
                read_network(write("cut_" + name, whole[:length]))
