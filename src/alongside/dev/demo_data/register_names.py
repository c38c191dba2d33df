"""Lists for inventing names of schools."""

FIRST = """
    Alder Amber Apple Arrow Badger Barley Beacon Bell Bracken Bramble Brook Candle Cherry Clover
    Cobble Copper Cotton Cuckoo Damson Elder Ember Fallow Feather Fennel Finch Flint Foxglove Gorse
    Hawthorn Heron Hollin Hornbeam Ivory Juniper Kestrel Kite Lapwing Larch Lark Linden Linnet Maple
    Marigold Martin Meadow Medlar Mulberry Nettle Oat Orchard Osier Otter Pebble Pippin Plover
    Poplar Quarry Quince Raven Robin Rowan Rush Saffron Sedge Shuttle Silver Skylark Sorrel Spindle
    Starling Swallow Tansy Teasel Thistle Thorn Thrush Tinder Wagtail Walnut Warbler Weaver Whin
    Willow Wren Yarrow
""".split()  # noqa: SIM905
SECOND = """
    bank barrow beck brow burn clough combe cote croft dale den edge fold_text ford garth gate hollow
    holme hurst keld lea low mead mere moss nook rigg royd shaw side slack stead thwaite wath well
    wick yard
""".split()  # noqa: SIM905
SAINTS = """
    Teilo Wulfstan Hybald Sidwell Eanswith Kentigern Petroc Aelred Etheldreda Frideswide Guthlac
    Mildburh Neot Osyth Piran Radegund Swithun Tewdric Ursula Walstan Winwaloe Ythamar Arilda
    Birinus Congar Dubricius Edburga Felix Govan Hedda Illtud Juthwara Keyne Levan Meriasek Nectan
    Ouen Paulinus Rumbold Samson Tathan Uny Veep Wendreda Thérèse Élisabeth Zita Zeno Vedast Tysilio
    Seiriol Sexburga Rhuddlad Pega Padarn Oudoceus Modwen Melor Ludgar Kew Justus Ia Hyacinth
    Fremund Ebba Decuman Cybi Cynog Clether Brychan Brannoc Beuno Alkelda Credan Endelienta Fingar
    Gwinear Menefrida Sampira Tudy
""".split()  # noqa: SIM905
TRUSTS = """
    Quillmere Larkbarrow Tinderfold Wrenhallow Sorrelgate Kestrelby Thornlantern Saffronlea
    Otterwath Medlarcote Plovergarth Yarrowholm Finchbeacon Dalewarden Hornbeck Pebblecombe
    Ravenspool Cloverwright Ambersett Fallowmark
""".split()  # noqa: SIM905
