package page

import "loaxa/admin/route"

func (p *Pages) playlistRoutes() []route.Route { return nil }
